import assert from "node:assert/strict";
import { basename, join } from "node:path";
import { cleanNotebook, compareOutputs, readNotebook, textOf } from "../../lib/notebook/notebook_file.ts";
import { PROJECT } from "../../lib/support/project.ts";
import { runNotebook } from "../../lib/tasks/_run_notebook.ts";
import { notebookFiles } from "../../lib/tasks/notebooks.ts";
import { CHROMIUM } from "../plots/_chromium.ts";
import { type OpenNotebook, startJupyterLab } from "./_jupyterlab.ts";
import { READS_TRAINED_RUN } from "./_trained_run.ts";
import { eventually, runInJupyterLab, type Watching } from "./_run_in_jupyterlab.ts";

const VENV = join(PROJECT, ".venv");

const WATCHED: Readonly<Record<string, Watching>> = {
  "03_train": { during: interruptTraining, afterwards: trainedToTheEnd },
  "05_roc": { afterwards: moveThreshold },
  "06_grad_cam": { afterwards: askForAnother },
};

Deno.test({
  name: "a run is trained and looked at in JupyterLab",
  ignore: CHROMIUM === null,
  async fn(t) {
    await using lab = await startJupyterLab();
    for (const file of await notebookFiles()) {
      const name = basename(file, ".ipynb");
      if (!READS_TRAINED_RUN.test(name)) continue;
      await t.step(`${name} runs to its end, and every figure is drawn`, async () => {
        await runInJupyterLab(lab, file, WATCHED[name]);
      });
    }
    for (const file of await notebookFiles()) {
      const name = basename(file, ".ipynb");
      if (!READS_TRAINED_RUN.test(name)) continue;
      await t.step(`${name} run afresh shows what is stored`, async () => {
        const { cells, ...rest } = await readNotebook(file);
        // Training is watched in the browser; once more here would take too long.
        const training = cells.findIndex(({ source }) => textOf(source).includes("restartRun("));
        const compared = training === -1 ? cells : cells.slice(0, training);
        const fresh = cleanNotebook(await runNotebook(file, { venv: VENV, cells: compared.length }));
        assert.deepEqual(compareOutputs({ cells: compared, ...rest }, fresh), []);
      });
    }
  },
});

/** Watches the loss curve grow, then interrupts the kernel. */
async function interruptTraining({ page, interrupt }: OpenNotebook): Promise<void> {
  const cell = page.locator(".jp-CodeCell", { hasText: "const first = await trainLive" });
  const points = async () => {
    const lengths = await cell.locator(".js-plotly-plot").evaluateAll((plots) =>
      plots.map((plot) => (plot as unknown as { data: { x: number[] }[] }).data[0]!.x.length)
    );
    return lengths[0] ?? 0;
  };
  const seen = [0];
  const deadline = Date.now() + 300_000;
  while (seen.length < 4) {
    assert.ok(Date.now() < deadline, `the curve stopped growing: ${seen} points`);
    await page.waitForTimeout(200);
    const now = await points();
    if (now > seen.at(-1)!) seen.push(now);
  }
  await interrupt();
  await cell.getByText(/Stopped after \d+ whole epochs/).waitFor();
}

/** A later cell has gone on with the training. */
async function trainedToTheEnd({ page }: OpenNotebook): Promise<void> {
  const cell = page.locator(".jp-CodeCell", { hasText: "first.stopped ? await trainLive(run)" });
  assert.match((await cell.locator(".jp-OutputArea").allTextContents()).join(), /8 epochs/);
}

/** Moves the threshold and chooses another finding: the kernel counts again, and matrix, rates and title follow. */
async function moveThreshold({ page }: OpenNotebook): Promise<void> {
  const cell = page.locator(".jp-CodeCell", { hasText: 'threshold: slider("Threshold"' });
  const handle = cell.locator(".noUi-handle");
  await handle.scrollIntoViewIfNeeded();
  const shown = async () => ({
    title: (await cell.locator(".gtitle").allTextContents()).join(),
    cells: await cell.locator(".heatmaplayer text").allTextContents(),
    rates: await cell.locator(".textpoint").allTextContents(),
  });
  const isAt = (title: RegExp) => async () => {
    const now = await eventually(shown, (now) => title.test(now.title) && now.rates.length === 3);
    assert.match(now.title, title);
    assert.equal(now.cells.length, 4);
    const words = now.rates.map((rate, i) => `${["sensitivity", "specificity", "precision"][i]} ${rate}`);
    assert.ok(now.title.endsWith(words.join(", ")), `${now.title} beside ${now.rates}`);
    return now;
  };
  const before = await isAt(/^Effusion at 0\.5:/)();
  await handle.focus();
  for (let i = 0; i < 5; i++) await page.keyboard.press("ArrowRight");
  const moved = await isAt(/^Effusion at 0\.55:/)();
  assert.notDeepEqual(moved.cells, before.cells);
  await cell.locator("select").selectOption("Mass");
  const chosen = await isAt(/^Mass at 0\.55:/)();
  assert.notDeepEqual(chosen.cells, moved.cells);
}

/** Asks another image for another finding by another method: another picture each time. */
async function askForAnother({ page }: OpenNotebook): Promise<void> {
  const cell = page.locator(".jp-CodeCell", { hasText: 'method: choice("Method"' });
  const picture = cell.locator(".jp-OutputArea img");
  const source = () => picture.getAttribute("src");
  const seen = [await source()];
  for (const [index, option] of [[0, "Mass"], [1, "Edema"], [2, "grad-cam++"]] as const) {
    await cell.locator("select").nth(index).selectOption(option);
    const now = await eventually(source, (now) => now !== null && !seen.includes(now));
    assert.ok(!seen.includes(now), `${option} changes the picture`);
    seen.push(now);
  }
}
