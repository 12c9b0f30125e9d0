import assert from "node:assert/strict";
import {
  type Cell,
  cleanNotebook,
  compareOutputs,
  findPaths,
  type Notebook,
  notebookText,
  type Output,
  PLOTLY,
  readNotebook,
  VARIES,
  writeNotebook,
} from "../../lib/notebook/notebook_file.ts";
import { InputError } from "../../lib/support/input_error.ts";

function notebookWith(outputs: Output[], metadata: Cell["metadata"] = {}): Notebook {
  const cell: Cell = { cell_type: "code", id: "a", metadata, source: "1;\n2;", outputs, execution_count: 1 };
  return { cells: [cell], metadata: { kernelspec: { name: "other" } }, nbformat: 4, nbformat_minor: 5 };
}

function onlyCell({ cells }: Notebook): Cell {
  assert.equal(cells.length, 1);
  return cells[0]!;
}

const figure = { data: [{ type: "bar", y: [1, 2] }], layout: { height: 300 } };

Deno.test("a clean notebook has neither timings nor the browser's pictures, and its streams are whole", () => {
  const cell = onlyCell(cleanNotebook(notebookWith([
    { output_type: "stream", name: "stdout", text: "one\n" },
    { output_type: "stream", name: "stdout", text: ["two\n", "three"] },
    { output_type: "stream", name: "stderr", text: "four" },
    {
      output_type: "display_data",
      data: { [PLOTLY]: figure, "image/png": "AAAA", "image/svg+xml": "<svg>\n</svg>" },
    },
    { output_type: "display_data", data: { "image/png": "AAAA" } },
  ], { execution: { "iopub.status.idle": "2026-01-01" }, collapsed: false, tags: [VARIES] })));
  assert.deepEqual(cell, {
    cell_type: "code",
    execution_count: 1,
    id: "a",
    metadata: { tags: [VARIES] },
    outputs: [
      { output_type: "stream", name: "stdout", text: ["one\n", "two\n", "three"] },
      { output_type: "stream", name: "stderr", text: ["four"] },
      { output_type: "display_data", data: { [PLOTLY]: figure, "image/svg+xml": ["<svg>\n", "</svg>"] } },
      { output_type: "display_data", data: { "image/png": "AAAA" } },
    ],
    source: ["1;\n", "2;"],
  });
});

Deno.test("a clean notebook is of the Deno kernel, whoever ran it", () => {
  const { metadata } = cleanNotebook(notebookWith([]));
  assert.deepEqual(metadata.kernelspec, { display_name: "Deno", language: "typescript", name: "deno" });
});

Deno.test("the text of a notebook is JSON that says the same, with each figure in one line", () => {
  const notebook = notebookWith([
    { output_type: "display_data", data: { [PLOTLY]: figure, "text/plain": "specification 0" } },
    {
      output_type: "display_data",
      data: { [PLOTLY]: { data: [], layout: { title: "$1 $& specification 0" } } },
    },
  ]);
  const text = notebookText(notebook);
  assert.deepEqual(JSON.parse(text), notebook);
  assert.ok(text.includes(`"${PLOTLY}": ${JSON.stringify(figure)},\n`));
  assert.ok(text.endsWith("}\n"));
});

Deno.test("a path of the machine is found in outputs and in code", () => {
  const output = { output_type: "stream", name: "stdout", text: ["in /home/someone/thorax/data\n"] };
  assert.deepEqual(findPaths(notebookWith([output]), ["/home/someone", "/tmp"]), [
    "cell 1 names the path /home/someone",
  ]);
  assert.deepEqual(findPaths(notebookWith([]), ["/home/someone", "/tmp"]), []);
});

Deno.test("outputs that differ are named; pictures and cells that vary are not compared", () => {
  const table = (count: number, picture: string): Output[] => [
    { output_type: "display_data", data: { "text/html": [`<td>${count}</td>`], "image/svg+xml": [picture] } },
  ];
  const stored = notebookWith(table(5, "<svg/>"));
  assert.deepEqual(compareOutputs(stored, notebookWith(table(5, "<svg></svg>"))), []);
  const [difference, ...more] = compareOutputs(stored, notebookWith(table(6, "<svg/>")));
  assert.deepEqual(more, []);
  assert.match(difference!, /^cell 1 showed ".*<td>5.*" and shows ".*<td>6.*" now$/);
  assert.equal(compareOutputs(stored, notebookWith([])).length, 1);
  const varying = notebookWith(table(5, ""), { tags: [VARIES] });
  assert.deepEqual(compareOutputs(varying, notebookWith(table(6, ""), { tags: [VARIES] })), []);
});

Deno.test("a notebook of another format, and one that is no JSON, are refused by name", async () => {
  const file = await Deno.makeTempFile({ suffix: ".ipynb" });
  try {
    await Deno.writeTextFile(file, "{");
    await assert.rejects(readNotebook(file), new InputError(`${file} is not JSON`));
    await Deno.writeTextFile(file, JSON.stringify({ ...notebookWith([]), nbformat_minor: 4 }));
    await assert.rejects(readNotebook(file), new InputError(`${file} is not a notebook in format 4.5`));
  } finally {
    await Deno.remove(file);
  }
});

Deno.test("a notebook over 1 MB is not written", async () => {
  const file = await Deno.makeTempFile({ suffix: ".ipynb" });
  try {
    const large = notebookWith([{ output_type: "stream", name: "stdout", text: "a".repeat(1_000_000) }]);
    await assert.rejects(writeNotebook(file, large), /would have 1000\d+ bytes, more than 1000000$/);
    assert.equal(await Deno.readTextFile(file), "");
  } finally {
    await Deno.remove(file);
  }
});
