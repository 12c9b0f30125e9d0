import assert from "node:assert/strict";
import { basename, relative } from "node:path";
import { PLOTLY, readNotebook } from "../../lib/notebook/notebook_file.ts";
import { notebookFiles } from "../../lib/tasks/notebooks.ts";
import { CHROMIUM } from "../plots/_chromium.ts";
import { type OpenNotebook, startJupyterLab } from "./_jupyterlab.ts";
import { PROJECT } from "../../lib/support/project.ts";

const FIXTURES = "tests/fixtures/notebooks";

Deno.test({
  name: "in JupyterLab",
  ignore: CHROMIUM === null,
  async fn(t) {
    await using lab = await startJupyterLab();

    await t.step("a cell that fails is seen to fail", async () => {
      await using notebook = await lab.open(`${FIXTURES}/failing.ipynb`);
      await notebook.page.waitForTimeout(2000);
      assert.equal(await notebook.isChanged(), false, "opening it does not mark it as changed");
      await notebook.runAll();
      assert.equal(await notebook.isChanged(), true);
      await notebook.finished(120);
      assert.match((await notebook.errors()).join(), /^Error: This cell must fail/);
    });

    await t.step("a figure has marks, an empty one has none", async () => {
      await using notebook = await lab.open(`${FIXTURES}/outputs.ipynb`);
      await notebook.runAll();
      await notebook.finished(120);
      assert.deepEqual(await notebook.marks(), [2, 0]);
      assert.deepEqual(await notebook.strays(), []);
    });

    for (const file of await notebookFiles()) {
      const name = basename(file, ".ipynb");
      await t.step(`${name} runs to its end, and every figure is drawn`, async () => {
        await using notebook = await lab.open(relative(PROJECT, file));
        await notebook.runAll();
        if (name === "03_train") await interruptTraining(notebook);
        await notebook.finished(600);
        await notebook.screenshots(name);
        assert.deepEqual(await notebook.errors(), []);
        assert.deepEqual(await notebook.strays(), []);
        const marks = await eventually(notebook.marks, (marks) => marks.every((count) => count > 0));
        assert.ok(marks.length >= await figuresIn(file), `${marks.length} figures`);
        assert.ok(marks.every((count) => count > 0), `marks by figure: ${marks}`);
        if (name === "03_train") await trainedToTheEnd(notebook);
        if (name === "05_roc") await moveThreshold(notebook);
        if (name === "06_grad_cam") await askForAnother(notebook);
        if (name === "07_your_own_images") await openThePage(notebook);
      });
    }
  },
});

/** Asks again for half a minute at most, until the answer is as it should be; gives the last one. */
async function eventually<T>(ask: () => Promise<T>, isFine: (answer: T) => boolean): Promise<T> {
  const deadline = Date.now() + 30_000;
  while (true) {
    const answer = await ask();
    if (isFine(answer) || Date.now() > deadline) return answer;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

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

/** Opens the page of the run below its button: the network runs in it, in the browser. */
async function openThePage({ page }: OpenNotebook): Promise<void> {
  const cell = page.locator(".jp-CodeCell", { hasText: 'open: button("Open the page")' });
  await cell.locator(".jp-OutputArea-output", { hasText: "It is not open." }).waitFor();
  await cell.locator("button", { hasText: "Open the page" }).click();
  const frame = cell.frameLocator("iframe");
  await frame.locator("h1", { hasText: "Thorax" }).waitFor({ timeout: 120_000 });
}

async function figuresIn(file: string): Promise<number> {
  const { cells } = await readNotebook(file);
  const outputs = cells.flatMap((cell) => cell.outputs ?? []);
  return outputs.filter(({ data }) => data !== undefined && PLOTLY in data).length;
}
