import assert from "node:assert/strict";
import { checklist, CHECKLISTS } from "../../lib/report/checklist.ts";
import { dataCard } from "../../lib/report/data_card.ts";
import { fullReport, HARMFUL } from "./_report.ts";

const run = (await fullReport()).run!;

/** Every row of the tables of a Markdown text, cell by cell. */
function rowsOf(text: string): string[][] {
  return text.split("\n").filter((line) => line.startsWith("| ")).map((line) =>
    line.slice(2, -2).split(" | ")
  );
}

Deno.test("the checklists have the numbers of CLAIM 2024 and TRIPOD+AI, each once, in order", () => {
  const [claim, tripod] = CHECKLISTS.map(({ sections }) =>
    sections.flatMap(({ items }) => items.map(({ number }) => number))
  );
  assert.deepEqual(claim, Array.from({ length: 44 }, (_, i) => String(i + 1)));
  const parts: Record<number, string> = {
    ...{
      3: "abc",
      5: "ab",
      6: "abc",
      8: "abc",
      9: "abc",
      12: "abcdefg",
      18: "abcdef",
      20: "abc",
      23: "ab",
      27: "abc",
    },
  };
  const expected = Array.from({ length: 27 }, (_, i) => i + 1)
    .flatMap((item) => parts[item] ? [...parts[item]].map((part) => `${item}${part}`) : [String(item)]);
  assert.deepEqual(tripod, expected);
});

Deno.test("each item is filled from the run, or is the author's, or both, and the counts say how many", () => {
  const text = checklist(run);
  const rows = rowsOf(text).filter(([number]) => /^\d/.test(number!));
  assert.equal(rows.length, 44 + 52);
  for (const [number, asks, answer, ...more] of rows) {
    assert.ok(asks!.length > 3 && answer!.length > 10 && more.length === 0, number!);
  }
  const authors = rows.slice(0, 44).filter(([, , answer]) => answer!.startsWith("**Author:**")).length;
  const both = rows.slice(0, 44).filter(([, , answer]) => answer!.indexOf("**Author:**") > 0).length;
  assert.ok(
    text.includes(`Of 44 items the run fills ${44 - authors - both}, ${both} in part; ${authors} are the`),
  );
  assert.ok(authors >= 8 && authors <= 16, `${authors}`);
  assert.match(
    text,
    /\| 26 \| How the final model was chosen \| Epoch 2 of 3, by the highest selection metric\. Optimism/,
  );
  assert.match(text, /\| 24 \| Initial parameters \| Random, seed 0\. \|/);
});

Deno.test("a checklist says against what its items were checked, and that the article was not read", () => {
  const text = checklist(run);
  assert.match(
    text,
    /all 44 items agree with a second-hand transcription .* the article itself was not read/,
  );
  assert.match(
    text,
    /all 52 items agree with a second-hand transcription .* the statement itself was not read/,
  );
});

Deno.test("a phantom run's checklist and data card say that there are no people in it", () => {
  const phantom = { ...run, phantom: true };
  assert.match(checklist(phantom), /^\*\*Phantom images\.\*\*/m);
  assert.match(dataCard(phantom), /^\*\*Generated phantom images\.\*\*/m);
  assert.doesNotMatch(dataCard(phantom) + checklist(phantom), /text mining|AP images are of sicker/);
});

Deno.test("a data card counts who is in each set", () => {
  const rows = rowsOf(dataCard(run));
  const of = (name: string) => rows.find(([first]) => first === name)?.slice(1);
  assert.deepEqual(of("All"), ["10", "0", "4"]);
  assert.deepEqual(of("Sex F"), ["7 (70.0 %)", "0 (0.0 %)", "4 (100.0 %)"]);
  assert.deepEqual(of("Age 40 to 49"), ["10 (100.0 %)", "0 (0.0 %)", "4 (100.0 %)"]);
  assert.deepEqual(of("Effusion"), ["4", "0", "2"]);
});

Deno.test("no text of a run is taken for Markdown or HTML", () => {
  for (
    const text of [
      checklist(run),
      dataCard(run),
      checklist({ ...run, name: HARMFUL }),
      dataCard({ ...run, name: HARMFUL }),
    ]
  ) {
    assert.doesNotMatch(text, /(?<!\\)<(script|img)/);
  }
});
