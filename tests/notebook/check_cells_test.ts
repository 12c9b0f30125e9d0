import assert from "node:assert/strict";
import { join } from "node:path";
import { checkCells, moduleOf } from "../../lib/notebook/check_cells.ts";
import { readNotebook } from "../../lib/notebook/notebook_file.ts";

const FIXTURES = join(import.meta.dirname!, "..", "fixtures", "notebooks");

Deno.test("a module holds the code cells and the solutions, and knows where each line stands", async () => {
  const { text, places } = moduleOf(await readNotebook(join(FIXTURES, "mistaken.ipynb")));
  const lines = text.trimEnd().split("\n");
  assert.deepEqual(lines.map((line, index) => [line, places[index]!.cell, places[index]!.line]), [
    [`import { NIH_FINDINGS } from "../lib/dataset/nih_findings.ts";`, 2, 1],
    ["const words: number = NIH_FINDINGS[0];", 2, 2],
    ["let count = 1;", 3, 1],
    ["count+words;", 3, 2],
    ["{", 4, 3],
    ["const solution:string = words;", 4, 4],
    ["}", 4, 5],
  ]);
});

Deno.test("mistakes in types and in style are named by notebook, cell and line", async () => {
  const complaints = await checkCells([join(FIXTURES, "mistaken.ipynb")]);
  const place = "tests/fixtures/notebooks/mistaken.ipynb, cell";
  assert.match(
    complaints,
    new RegExp(`'string' is not assignable to type 'number'.*?at ${place} 2, line 2\n`, "s"),
  );
  assert.match(
    complaints,
    new RegExp(`'number' is not assignable to type 'string'.*?at ${place} 4, line 4\n`, "s"),
  );
  assert.match(complaints, new RegExp(`prefer-const.*?${place} 3, line 1\n`, "s"));
  assert.ok(!complaints.includes(".cells/mistaken.ts:"));
});

Deno.test("what is not formatted is named by notebook and cell, with what it should be", async () => {
  const complaints = await checkCells([join(FIXTURES, "mistaken.ipynb")]);
  const place = "from tests/fixtures/notebooks/mistaken.ipynb, cell";
  assert.match(complaints, new RegExp(`${place} 3:\n.*?\\+count \\+ words;`, "s"));
  assert.match(
    complaints,
    new RegExp(`${place} 4, from line 4:\n.*?\\+const solution: string = words;`, "s"),
  );
  assert.ok(!complaints.includes(`${place} 2`));
});

Deno.test("code without mistakes has no complaints, and no module is left behind", async () => {
  assert.equal(await checkCells([join(FIXTURES, "failing.ipynb")]), "");
  await assert.rejects(Deno.stat(join(import.meta.dirname!, "..", "..", ".cells")), Deno.errors.NotFound);
});
