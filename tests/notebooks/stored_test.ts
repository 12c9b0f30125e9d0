import assert from "node:assert/strict";
import { basename, join } from "node:path";
import { checkCells } from "../../lib/notebook/check_cells.ts";
import { prepareJupyter } from "../../lib/tasks/_jupyter.ts";
import {
  cleanNotebook,
  compareOutputs,
  findPaths,
  type Notebook,
  notebookText,
  PLOTLY,
  readNotebook,
  textOf,
} from "../../lib/notebook/notebook_file.ts";
import { runNotebook } from "../../lib/tasks/_run_notebook.ts";
import { notebookFiles } from "../../lib/tasks/notebooks.ts";
import { CHROMIUM } from "../plots/_chromium.ts";
import { PROJECT } from "../../lib/support/project.ts";

/** The MIME type of a control. */
const WIDGET_VIEW = "application/vnd.jupyter.widget-view+json";

const VENV = join(PROJECT, ".venv");
const files = await notebookFiles();

Deno.test("the code of the notebooks has no mistakes in types, style or format", async () => {
  assert.equal(await checkCells(files), "");
});

for (const file of files) {
  Deno.test(`${basename(file)} is stored as it ran, clean and with a picture of each figure`, async () => {
    const notebook = await readNotebook(file);
    assert.equal(await Deno.readTextFile(file), notebookText(cleanNotebook(notebook)));
    assert.deepEqual(findPaths(notebook, [PROJECT, Deno.env.get("HOME")!, "/tmp/"]), []);
    assert.equal(new Set(notebook.cells.map(({ id }) => id)).size, notebook.cells.length);
    const code = notebook.cells.filter(({ cell_type }) => cell_type === "code");
    assert.deepEqual(
      code.map(({ execution_count }) => execution_count),
      code.map((_, index) => index + 1),
    );
    for (const { id, source, outputs } of code) {
      const lines = textOf(source).split("\n").filter((line) => !/^ +["`]/.test(line)); // prose is no code
      assert.ok(lines.length <= 15, `${id} has more than 15 lines`);
      for (const { output_type, name, data = {} } of outputs!) {
        assert.ok(output_type !== "error" && name !== "stderr", `${id} shows an error`);
        assert.ok(!(PLOTLY in data) || "image/svg+xml" in data, `${id} has a figure without a picture`);
        const control = data[WIDGET_VIEW] as { model_id: string } | undefined;
        if (control) {
          assert.deepEqual(lacking(notebook, control.model_id), [], `${id} has controls without state`);
        }
      }
    }
  });
}

/** Which models that a control is made of have no state in a notebook. */
function lacking(notebook: Notebook, model: string): string[] {
  const { widgets = {} } = notebook.metadata as {
    widgets?: Record<string, { state: Record<string, { state: unknown }> }>;
  };
  const stored = widgets["application/vnd.jupyter.widget-state+json"]?.state[model];
  if (stored === undefined) return [model];
  const parts = [...JSON.stringify(stored.state).matchAll(/"IPY_MODEL_([^"]+)"/g)].map(([, part]) => part!);
  return parts.flatMap((part) => lacking(notebook, part));
}

Deno.test("a cell that fails ends the run, and is named", async () => {
  await prepareJupyter(VENV);
  const file = join(PROJECT, "tests", "fixtures", "notebooks", "failing.ipynb");
  await assert.rejects(runNotebook(file, { venv: VENV }), {
    name: "InputError",
    message: `${file}, cell 4: Error: This cell must fail`,
  });
  const { cells } = await runNotebook(file, { venv: VENV, cells: 3 });
  assert.equal(cells.length, 3);
});

Deno.test("every output is kept in its cell, also what the kernel sends late", async () => {
  const file = join(PROJECT, "tests", "fixtures", "notebooks", "outputs.ipynb");
  const { cells } = await runNotebook(file, { venv: VENV });
  const results = cells.flatMap(({ source, outputs = [] }) =>
    /^"result/.test(textOf(source))
      ? [[textOf(source), outputs.map(({ data }) => `${data!["text/plain"]};`)]]
      : []
  );
  assert.equal(results.length, 30);
  assert.deepEqual(results, results.map(([source]) => [source, [source]]));
});

for (const file of files) {
  Deno.test({
    name: `${basename(file)} run afresh shows what is stored`,
    ignore: CHROMIUM !== null, // There the tests in JupyterLab do this, too.
    async fn() {
      await prepareJupyter(VENV);
      const stored = await readNotebook(file);
      const fresh = cleanNotebook(await runNotebook(file, { venv: VENV }));
      assert.deepEqual(compareOutputs(stored, fresh), []);
    },
  });
}
