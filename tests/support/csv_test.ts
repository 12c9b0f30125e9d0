import assert from "node:assert/strict";
import { columnOf, readCsv } from "../../lib/support/csv.ts";
import { InputError } from "../../lib/support/input_error.ts";
import { withFile } from "../dataset/_files.ts";

function refuses(content: string, message: RegExp): Promise<void> {
  return withFile("a.csv", content, async (file) => {
    await assert.rejects(readCsv(file), (error) => {
      assert(error instanceof InputError);
      assert(error.message.startsWith(file), error.message);
      assert.match(error.message.slice(file.length), message);
      return true;
    });
  });
}

Deno.test("readCsv() reads quotes, either line ending and blank lines at the end", async () => {
  await withFile("a.csv", 'a, b\r\n1,"x, ""y"""\r\n2,\r\n\r\n', async (file) => {
    assert.deepEqual(await readCsv(file), { file, header: ["a", "b"], rows: [["1", 'x, "y"'], ["2", ""]] });
  });
});

Deno.test("readCsv() lets empty cells past the last column through", async () => {
  await withFile("a.csv", "a,b,,\n1,2,\n3,4\n5,6,,,\n", async (file) => {
    const { header, rows } = await readCsv(file);
    assert.deepEqual(header, ["a", "b"]);
    assert.deepEqual(rows.map((row) => row.slice(0, 2)), [["1", "2"], ["3", "4"], ["5", "6"]]);
  });
});

Deno.test("readCsv() refuses an empty file and rows of another width", async () => {
  await refuses("", /^ is empty$/);
  await refuses("\n\n", /^ is empty$/);
  await refuses("a,b\n1,2\n3\n", /^, row 3: 1 columns instead of 2: "3"$/);
  await refuses("a,b\n1,2,3\n", /^, row 2: 3 columns instead of 2: "1,2,3"$/);
  await refuses("a,b\n1,2\n\n3,4\n", /^, row 3: 1 columns instead of 2: ""$/);
  await refuses('a,b\n1,"2\n', /^, row 2: Quoted field unterminated$/);
});

Deno.test("columnOf() takes the first name that the header has", () => {
  const csv = { file: "a.csv", header: ["x", "Sex"], rows: [] };
  assert.equal(columnOf(csv, "Gender", "Sex"), 1);
  assert.throws(
    () => columnOf(csv, "Gender", "Geschlecht"),
    new InputError('a.csv, row 1: no column "Gender" or "Geschlecht" in "x,Sex"'),
  );
});
