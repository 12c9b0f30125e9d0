import assert from "node:assert/strict";
import { basename, relative } from "node:path";
import { PROJECT } from "../../lib/tasks/_jupyter.ts";
import { PLOTLY, readNotebook } from "../../lib/tasks/_notebook.ts";
import { notebookFiles } from "../../lib/tasks/notebooks.ts";
import { CHROMIUM } from "../plots/_chromium.ts";
import { type JupyterLab, startJupyterLab } from "./_jupyterlab.ts";

const FIXTURES = "tests/fixtures/notebooks";

Deno.test({
  name: "in JupyterLab",
  ignore: CHROMIUM === null,
  async fn(t) {
    await using lab = await startJupyterLab();

    await t.step("a cell that fails is seen to fail", async () => {
      await using notebook = await lab.open(`${FIXTURES}/failing.ipynb`);
      await notebook.runAll();
      await notebook.finished(60);
      assert.match((await notebook.errors()).join(), /^Error: This cell must fail/);
    });

    await t.step("a figure has marks, an empty one has none", async () => {
      await using notebook = await lab.open(`${FIXTURES}/outputs.ipynb`);
      await notebook.runAll();
      await notebook.finished(60);
      assert.deepEqual(await notebook.marks(), [2, 0]);
      assert.deepEqual(await notebook.strays(), []);
    });

    for (const file of await notebookFiles()) {
      await t.step(`${basename(file)} runs to its end, and every figure is drawn`, () => runAll(lab, file));
    }
  },
});

async function runAll(lab: JupyterLab, file: string): Promise<void> {
  await using notebook = await lab.open(relative(PROJECT, file));
  await notebook.runAll();
  await notebook.finished(300);
  await notebook.screenshots(basename(file, ".ipynb"));
  assert.deepEqual(await notebook.errors(), []);
  assert.deepEqual(await notebook.strays(), []);
  const marks = await notebook.marks();
  assert.equal(marks.length, await figuresIn(file));
  assert.ok(marks.every((count) => count > 0), `marks by figure: ${marks}`);
}

async function figuresIn(file: string): Promise<number> {
  const { cells } = await readNotebook(file);
  const outputs = cells.flatMap((cell) => cell.outputs ?? []);
  return outputs.filter(({ data }) => data !== undefined && PLOTLY in data).length;
}
