import assert from "node:assert/strict";
import { basename } from "node:path";
import { notebookFiles } from "../../lib/tasks/notebooks.ts";
import { CHROMIUM } from "../plots/_chromium.ts";
import { type OpenNotebook, startJupyterLab } from "./_jupyterlab.ts";
import { READS_TRAINED_RUN } from "./_trained_run.ts";
import { runInJupyterLab, showsWhatIsStored } from "./_run_in_jupyterlab.ts";

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
      await notebook.finished(120);
      assert.equal(await notebook.isChanged(), true);
      assert.match((await notebook.errors()).join(), /^Error: This cell must fail/);
    });

    await t.step(
      "a stored notebook that is opened is not marked as changed, one that is edited is",
      async () => {
        const stored = (await notebookFiles()).map((file) => basename(file));
        assert.equal(stored.length, 7);
        for (const name of stored) {
          await using notebook = await lab.open(`notebooks/${name}`);
          await notebook.page.locator(".jp-RenderedPlotly .main-svg").first().waitFor();
          await notebook.page.waitForTimeout(1500);
          assert.equal(await notebook.isChanged(), false, name);
          if (name !== stored[0]) continue;
          await notebook.page.locator(".jp-CodeCell .cm-content").first().click();
          await notebook.page.keyboard.type(" ");
          await notebook.page.waitForTimeout(500);
          assert.equal(await notebook.isChanged(), true);
        }
      },
    );

    await t.step("a figure has marks, an empty one has none", async () => {
      await using notebook = await lab.open(`${FIXTURES}/outputs.ipynb`);
      await notebook.runAll();
      await notebook.finished(120);
      assert.deepEqual(await notebook.marks(), [2, 0]);
      assert.deepEqual(await notebook.strays(), []);
    });

    for (const file of await notebookFiles()) {
      const name = basename(file, ".ipynb");
      if (READS_TRAINED_RUN.test(name)) continue; // They come in a file of their own, which runs beside this.
      await t.step(`${name} runs to its end, and shows what is stored`, async () => {
        await runInJupyterLab(lab, file, {
          async afterwards(notebook) {
            await showsWhatIsStored(notebook, file);
            if (name === "07_your_own_images") await openThePage(notebook);
          },
        });
      });
    }
  },
});

/** Opens the page of the run below its button: the network runs in it, in the browser. */
async function openThePage({ page }: OpenNotebook): Promise<void> {
  const cell = page.locator(".jp-CodeCell", { hasText: 'open: button("Open the page")' });
  await cell.locator(".jp-OutputArea-output", { hasText: "It is not open." }).waitFor();
  await cell.locator("button", { hasText: "Open the page" }).click();
  const frame = cell.frameLocator("iframe");
  await frame.locator("h1", { hasText: "Thorax" }).waitFor({ timeout: 120_000 });
}
