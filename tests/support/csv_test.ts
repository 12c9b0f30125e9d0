import assert from "node:assert/strict";
import { join } from "node:path";
import { columnOf, csvText, readCsv, readCsvPieces, rowName } from "../../lib/support/csv.ts";
import { InputError } from "../../lib/support/input_error.ts";
import { gzip, withFile } from "../dataset/_files.ts";

const PANDAS: { text: string; rows: string[][] }[] = JSON.parse(
  await Deno.readTextFile(join(import.meta.dirname!, "../fixtures/support/csv.json")),
);

function refuses(content: string, message: string): Promise<void> {
  return withFile("a.csv", content, async (file) => {
    await assert.rejects(readCsv(file), new InputError(file + message), content.slice(0, 100));
  });
}

Deno.test("readCsv() reads every mixture of line ends, blanks and quotes as pandas does", async () => {
  for (const { text, rows } of PANDAS) {
    await withFile("a.csv", text, async (file) => {
      const csv = await readCsv(file);
      assert.deepEqual([csv.header, ...csv.rows], rows, JSON.stringify(text));
    });
  }
});

Deno.test("readCsvPieces() reads the same wherever a piece ends", async () => {
  for (const { text, rows } of PANDAS) {
    await withFile("a.csv", text, async (file) => {
      const whole = await readCsv(file);
      for (const bytes of [4, 5, 7, 16]) {
        const found: string[][] = [];
        const numbers: number[] = [];
        for await (const piece of readCsvPieces(file, { bytes })) {
          assert.deepEqual(piece.header, whole.header);
          found.push(...piece.rows.map((row) => [...row]));
          numbers.push(...piece.numbers);
        }
        assert.deepEqual([whole.header, ...found], rows, `${bytes} bytes: ${JSON.stringify(text)}`);
        assert.deepEqual(numbers, whole.numbers);
      }
    });
  }
});

Deno.test("readCsvPieces() refuses what readCsv() refuses, with the same row", async () => {
  const contents = [
    "",
    "\n\r\n,\n",
    "a, b,a\n1,2,3\n",
    "a,b\n1,2\n3\n",
    'a,b\n1,2\n1,"2\n',
    'a,b\n1,"2"3\n',
    "a;b\n",
    "a\n\xe4\0",
  ];
  for (const content of contents) {
    await withFile("a.csv", content, async (file) => {
      const refusal = await readCsv(file).catch((error) => error);
      assert(refusal instanceof InputError);
      await assert.rejects(async () => {
        for await (const _ of readCsvPieces(file, { bytes: 4 }));
      }, refusal);
    });
  }
});

Deno.test("readCsv() counts blank rows in the numbers that messages name", async () => {
  await withFile("a.csv", "a,b\n\n1,2\r\n\r\n3,4\n,\n", async (file) => {
    const csv = await readCsv(file);
    assert.deepEqual(csv, { file, header: ["a", "b"], rows: [["1", "2"], ["3", "4"]], numbers: [3, 5] });
    assert.equal(rowName(csv, 1), `${file}, row 5`);
  });
});

Deno.test("readCsv() reads compressed files of several members", async () => {
  const parts = [await gzip("a,b\n1,2\n"), await gzip("3,4\n")];
  await withFile(
    "a.csv.gz",
    new Uint8Array(await new Blob(parts as BlobPart[]).arrayBuffer()),
    async (file) => {
      assert.deepEqual((await readCsv(file)).rows, [["1", "2"], ["3", "4"]]);
    },
  );
});

Deno.test("readCsv() lets empty cells past the last column through", async () => {
  await withFile("a.csv", "a,b,,\n1,2,\n3,4\n5,6,,,\n", async (file) => {
    const { header, rows } = await readCsv(file);
    assert.deepEqual(header, ["a", "b"]);
    assert.deepEqual(rows.map((row) => row.slice(0, 2)), [["1", "2"], ["3", "4"], ["5", "6"]]);
  });
});

Deno.test("readCsv() lets columns without a name through, as pandas' index has none", async () => {
  await withFile("a.csv", ",a,,b\n0,1,x,2\n", async (file) => {
    assert.deepEqual((await readCsv(file)).header, ["", "a", "", "b"]);
  });
});

Deno.test("readCsv() refuses an empty file, a column that is there twice and rows of another width", async () => {
  await refuses("", " is empty");
  await refuses("\n\r\n,\n", " is empty");
  await refuses("a, b,a\n1,2,3\n", ', row 1: column "a" is there twice');
  await refuses("a,b\n1,2\n3\n", ', row 3: 1 column instead of 2: "3"');
  await refuses("a,b\n1,2,3\n", ', row 2: 3 columns instead of 2: "1,2,3"');
  await refuses('a,b\n1,"2\n', ", row 2: Quoted field unterminated");
  await refuses('a,b\n1,"2"3\n', ", row 2: Trailing quote on quoted field is malformed");
});

Deno.test("readCsv() says what a download is that came in a table's place", async () => {
  await refuses(
    "<!DOCTYPE html>\n<title>Sign in</title>",
    ': not a CSV file, but a web page (HTML): it begins "<!DOCTYPE html> <title>Sign in</title>"',
  );
  await refuses(
    "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12\n",
    ": not a CSV file, but a pointer of Git LFS to a file of 12 bytes: fetch that with `git lfs pull`",
  );
  await refuses('[{"image": "a"}]', ': not a CSV file, but a JSON text: it begins "[{"image": "a"}]"');
});

Deno.test("readCsv() names another delimiter than the comma as the cause", async () => {
  await refuses("image;Mass\n1;2\n", ', row 1: columns are separated by ";", not by commas: "image;Mass"');
  await refuses("a,b;c;d\n1;0,5;2\n", ', row 1: columns are separated by ";", not by commas: "a,b;c;d"');
  await refuses("image\tMass\n", ', row 1: columns are separated by tabs, not by commas: "image\\tMass"');
  await refuses("a|b\n1|2\n", ', row 1: columns are separated by "|", not by commas: "a|b"');
});

Deno.test("readCsv() escapes control characters in what it shows, and cuts it", async () => {
  await refuses("a,b\n\x1b[2J\u202e\n", ', row 2: 1 column instead of 2: "\\x1b[2J\\u202e"');
  await refuses(
    `a,b\n${"x".repeat(1000)}\n`,
    `, row 2: 1 column instead of 2: "${"x".repeat(200)}... (1,000 characters)"`,
  );
});

Deno.test("columnOf() takes the first name that the header has", () => {
  const csv = { file: "a.csv", header: ["x", "Sex"], rows: [], numbers: [] };
  assert.equal(columnOf(csv, "Gender", "Sex"), 1);
  assert.throws(
    () => columnOf(csv, "Gender", "Geschlecht"),
    new InputError('a.csv, row 1: no column "Gender" or "Geschlecht" in "x,Sex"'),
  );
});

Deno.test("csvText() gives numbers all their digits, and formulas an apostrophe that readCsv() takes off", async () => {
  const texts = ["=1+2", "+1", "-1", "@SUM(A1)", "'=1", "''-1", "'tis", "a=b", "x,y", 'x"y', "\u00e9"];
  assert.equal(
    csvText([["image", -1.5, 0.1 + 0.2, null], ["=1", 1e-7, -0, 5e-324]]),
    [
      "image,-1.5,0.30000000000000004,",
      "'=1,1e-7,0,5e-324",
      "",
    ].join("\n"),
  );
  for (const line of csvText(texts.map((text) => [text])).split("\n")) {
    assert.doesNotMatch(line, /^"?[=+\-@\t]/);
  }
  await withFile("a.csv", "", async (file) => {
    await Deno.writeTextFile(file, csvText([["text"], ...texts.map((text) => [text])]));
    assert.deepEqual((await readCsv(file)).rows.flat(), texts);
  });
});
