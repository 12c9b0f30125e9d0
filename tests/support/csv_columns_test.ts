import assert from "node:assert/strict";
import { readCsvColumns } from "../../lib/support/csv_columns.ts";
import { withFile } from "../dataset/_files.ts";

Deno.test("readCsvColumns() keeps numbers as numbers, and cells that are none as text", async () => {
  await withFile("a.csv", "image,Mass\n007,0.5\n\n8,1.0\n9,\n10,x\n11,1\n", async (file) => {
    const csv = await readCsvColumns(file, (name) => name === "Mass");
    assert.equal(csv.length, 5);
    assert.deepEqual(csv.numbers, Uint32Array.of(2, 4, 5, 6, 7));
    assert.deepEqual(csv.values(1), Float64Array.of(0.5, 1, NaN, NaN, 1));
    assert.deepEqual([0, 1, 2, 3, 4].map((row) => csv.cell(row, 1)), ["0.5", "1.0", "", "x", "1"]);
    assert.deepEqual([0, 1].map((row) => csv.cell(row, 0)), ["007", "8"]);
    assert.deepEqual(csv.values(0), Float64Array.of(7, 8, 9, 10, 11));
  });
});

Deno.test("readCsvColumns() reads more rows than it made room for", async () => {
  const values = Array.from({ length: 5000 }, (_, i) => i / 5000);
  await withFile("a.csv", `Mass\n${values.join("\n")}\n`, async (file) => {
    const csv = await readCsvColumns(file, () => true);
    assert.deepEqual(csv.values(0), Float64Array.from(values));
    assert.equal(csv.numbers.at(-1), 5001);
  });
});

Deno.test("a cell that is no number is what the file has, NaN too", async () => {
  await withFile("a.csv", "image,Mass\na,NaN\nb,\nc,0.5\nd,nan\n", async (file) => {
    const csv = await readCsvColumns(file, (name) => name === "Mass");
    assert.deepEqual([0, 1, 2, 3].map((row) => csv.cell(row, 1)), ["NaN", "", "0.5", "nan"]);
  });
});
