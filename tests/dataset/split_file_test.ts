import assert from "node:assert/strict";
import { join } from "node:path";
import { splitByPatient } from "../../lib/dataset/split.ts";
import { readAnySplit, readSplit, readSplitSet, splitCsv } from "../../lib/dataset/split_file.ts";
import { InputError } from "../../lib/support/input_error.ts";
import { entriesOf, withFile } from "./_files.ts";
import { writeAtomically } from "../../lib/support/write_atomically.ts";

Deno.test("splitCsv() has a row an image, and readSplit() reads the same split", async () => {
  const folder = await Deno.makeTempDir();
  const entries = entriesOf([2, 1, 1]);
  const [a1, a2, b1, c1] = entries;
  const file = join(folder, "split.csv");
  await writeAtomically(file, splitCsv({ training: [a1!, a2!], validation: [c1!], test: [b1!] }));
  assert.equal(
    await Deno.readTextFile(file),
    "image,patient,set\n1_0.png,1,training\n1_1.png,1,training\n3_0.png,3,validation\n2_0.png,2,test\n",
  );
  assert.deepEqual(await readSplit(file, [...entries, ...entriesOf([5]).slice(4)]), {
    training: [a1, a2],
    validation: [c1],
    test: [b1],
  });
  await Deno.remove(folder, { recursive: true });
});

Deno.test("readSplit() finds the split again, also where an image's name holds a comma and a quote", async () => {
  const folder = await Deno.makeTempDir();
  const entries = entriesOf(new Array(60).fill(3));
  entries[0]!.image = 'a, "b".png';
  const split = splitByPatient(entries, { seed: 5 });
  await writeAtomically(join(folder, "split.csv"), splitCsv(split));
  assert.deepEqual(await readSplit(join(folder, "split.csv"), entries), split);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("readSplit() reads files of before, whose column of sets was called part", async () => {
  const entries = entriesOf([1, 1, 1]);
  const rows = ["image,patient,part", "1_0.png,1,training", "2_0.png,2,validation", "3_0.png,3,test"];
  await withFile("split.csv", rows.join("\n"), async (file) => {
    const { training, validation, test } = await readSplit(file, entries);
    assert.deepEqual([training, validation, test].flat(), entries);
    assert.deepEqual(await readSplitSet(file, "test"), new Map([["3_0.png", "3"]]));
  });
});

Deno.test("readSplit() refuses what does not fit the metadata", async () => {
  const entries = entriesOf([1, 1, 1]);
  const rows = ["1_0.png,1,training", "2_0.png,2,validation", "3_0.png,3,test"];
  const header = "image,patient,set";
  const cases: [lines: string[], message: string][] = [
    [["image,set", "1_0.png,test"], ', row 1: no column "patient" in "image,set"'],
    [[header, ...rows, "4_0.png,4,test"], ', row 5: image "4_0.png" is not in the metadata'],
    [[header, ...rows, rows[0]!], ', row 5: image "1_0.png" is already in a row above'],
    [[header, "1_0.png,9,test"], ', row 2: image "1_0.png" has patient "9" here and "1" in the metadata'],
    [[header, "1_0.png,1,train"], ', row 2: set "train" is not training, validation, test'],
    [[header, rows[0]!, rows[1]!], " has no image of the test set"],
    [[header], " has no image of the training set"],
  ];
  for (const [lines, message] of cases) {
    await withFile("split.csv", lines.join("\n"), async (file) => {
      await assert.rejects(readSplit(file, entries), new InputError(file + message));
    });
  }
});

Deno.test("readAnySplit() reads others' splits, by image and set", async () => {
  const entries = entriesOf([1, 1, 1, 1]);
  const rows = ["Image Index,split,note", "x/1_0.png,train,a", "2_0,VAL,b", "3_0.jpg,test,c"];
  await withFile("theirs.csv", rows.join("\n"), async (file) => {
    const { training, validation, test } = await readAnySplit(file, entries);
    assert.deepEqual([training, validation, test], entries.slice(0, 3).map((entry) => [entry]));
  });
  await withFile("theirs.csv", rows.join("\n").replace("VAL", "holdout"), async (file) => {
    await assert.rejects(
      readAnySplit(file, entries),
      new InputError(`${file}, row 3: set "holdout" is not train, val or test`),
    );
  });
  await withFile("theirs.csv", rows.slice(0, 3).join("\n"), async (file) => {
    await assert.rejects(readAnySplit(file, entries), new InputError(`${file} has no image of the test set`));
  });
});
