import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { countLabels } from "../../lib/dataset/label_counts.ts";
import { readNihLists } from "../../lib/dataset/image_list.ts";
import { comparePatients, type Entry, sortPatients } from "../../lib/dataset/entry.ts";
import { readMetadata } from "../../lib/dataset/metadata.ts";
import { NIH_FINDINGS } from "../../lib/dataset/nih_findings.ts";
import { sharedPatients } from "../../lib/dataset/shared_patients.ts";
import {
  type Split,
  splitAsOriginal,
  splitByImage,
  splitByPatient,
  splitOfficially,
  SUBSETS,
} from "../../lib/dataset/split.ts";
import { undersample } from "../../lib/dataset/undersample.ts";
import { InputError } from "../../lib/support/input_error.ts";
import { numpyPermutation } from "../../lib/support/numpy_permutation.ts";
import { random } from "../../lib/support/random.ts";
import { entriesOf } from "./_files.ts";
import { phantomFolder } from "./_phantoms.ts";
import { expected, NIH_METADATA, NIH_SAMPLE, noNih, noSample } from "./_nih.ts";

/** What tests/oracles/original_split.py stored. */
const originalSplit = JSON.parse(
  Deno.readTextFileSync(new URL("../fixtures/dataset/original_split.json", import.meta.url)),
);

const sizesOf = (split: Split) => SUBSETS.map((subset) => split[subset].length);

const patientsOf = (entries: Entry[]) => new Set(entries.map(({ patient }) => patient));

/** Whether each entry is in one subset, and each subset in the order of the entries. */
function assertWhole(split: Split, entries: Entry[]): void {
  const order = new Map(entries.map((entry, index) => [entry, index]));
  const indices = SUBSETS.map((subset) => split[subset].map((entry) => order.get(entry)!));
  for (const subset of indices) assert.deepEqual(subset, subset.toSorted((a, b) => a - b));
  assert.deepEqual(indices.flat().sort((a, b) => a - b), [...entries.keys()]);
}

Deno.test("splitByImage() has the sizes of scikit-learn and Keras", () => {
  for (const [images, ...sizes] of expected.sizes) {
    assert.deepEqual(sizesOf(splitByImage(entriesOf([images]), { seed: 1 })), sizes);
  }
});

Deno.test("splitByImage() puts each image into one subset, and depends on the seed", () => {
  const entries = entriesOf(new Array(50).fill(4));
  const split = splitByImage(entries, { seed: 3 });
  assertWhole(split, entries);
  assert.deepEqual(splitByImage(entries, { seed: 3 }), split);
  assert.notDeepEqual(splitByImage(entries, { seed: 4 }).test, split.test);
  assert.deepEqual(sizesOf(splitByImage(entries, { seed: 3, test: 0.5, validation: 0.25 })), [75, 25, 100]);
});

Deno.test("splitByImage() draws every image equally often", () => {
  const entries = entriesOf([20]);
  const drawn = new Map<string, number>();
  for (let seed = 0; seed < 2000; seed++) {
    for (const { image } of splitByImage(entries, { seed }).test) {
      drawn.set(image, (drawn.get(image) ?? 0) + 1);
    }
  }
  // 3 of 20 images in 2,000 draws: 300 each, with a standard deviation of 16.
  for (const { image } of entries) {
    assert(Math.abs(drawn.get(image)! - 300) < 80, `${image}: ${drawn.get(image)}`);
  }
});

Deno.test("splitByPatient() keeps patients whole, and depends on the seed only", () => {
  const entries = entriesOf(Array.from({ length: 200 }, (_, index) => 1 + (index * index) % 13));
  const split = splitByPatient(entries, { seed: 3 });
  assertWhole(split, entries);
  assert.deepEqual(sharedPatients(split), {
    testWithTraining: 0,
    testWithValidation: 0,
    validationWithTraining: 0,
  });
  assert.deepEqual(sizesOf(split), sizesOf(splitByImage(entries, { seed: 3 })));
  assert.deepEqual(
    patientsOf(splitByPatient(entries.toReversed(), { seed: 3 }).test),
    patientsOf(split.test),
  );
  assert.notDeepEqual(splitByPatient(entries, { seed: 4 }).test, split.test);
});

Deno.test("splitByPatient() takes the smallest patient where all are larger than a subset", () => {
  assert.deepEqual(sizesOf(splitByPatient(entriesOf([9, 6, 7]), { seed: 1 })), [9, 7, 6]);
});

Deno.test("splits need an image, or a patient, for each subset", () => {
  const message = (subset: string, images: number, patients: number) =>
    new InputError(`The ${subset} set would be empty: ${images} images of ${patients} patients to split`);
  assert.deepEqual(sizesOf(splitByImage(entriesOf([3]), { seed: 1 })), [1, 1, 1]);
  assert.throws(() => splitByImage(entriesOf([2]), { seed: 1 }), message("training", 2, 1));
  assert.throws(() => splitByImage([], { seed: 1 }), message("training", 0, 0));
  assert.throws(() => splitByPatient(entriesOf([100]), { seed: 1 }), message("training", 100, 1));
  assert.throws(() => splitByPatient(entriesOf([50, 50]), { seed: 1 }), message("training", 100, 2));
});

Deno.test("splits refuse a fraction that is not between 0 and 1", () => {
  for (const fraction of [0, 1, -0.5, 15, NaN]) {
    assert.throws(() => splitByImage(entriesOf([100]), { seed: 1, test: fraction }), InputError);
    assert.throws(() => splitByPatient(entriesOf([100]), { seed: 1, validation: fraction }), InputError);
  }
});

Deno.test("splitOfficially() follows the lists and draws validation by patient", () => {
  const entries = entriesOf(new Array(50).fill(4));
  const trainVal = new Set([...entries.slice(0, 160).map(({ image }) => image), "unknown.png"]);
  const test = new Set(entries.slice(160).map(({ image }) => image));
  const official = { training: trainVal, validation: null, test };
  const split = splitOfficially(entries, { official, seed: 2 });
  assertWhole(split, entries);
  assert.deepEqual(split.test, entries.slice(160));
  assert.deepEqual(sizesOf(split), [152, 8, 40]);
  assert.equal(sharedPatients(split).validationWithTraining, 0);
  assert.deepEqual(sizesOf(splitOfficially(entries, { official, seed: 2, validation: 0.25 })), [
    120,
    40,
    40,
  ]);
});

Deno.test("splitOfficially() takes a data set's own validation set", () => {
  const entries = entriesOf(new Array(10).fill(2));
  const names = entries.map(({ image }) => image);
  const official = {
    training: new Set(names.slice(0, 12)),
    validation: new Set(names.slice(12, 15)),
    test: new Set(names.slice(15)),
  };
  assert.deepEqual(splitOfficially(entries, { official, seed: 1 }), {
    training: entries.slice(0, 12),
    validation: entries.slice(12, 15),
    test: entries.slice(15),
  });
});

Deno.test("splitOfficially() refuses images in neither list or in both", () => {
  const entries = entriesOf([1, 1, 1, 1, 1, 1, 1]);
  const lists = { training: new Set(["7_0.png"]), validation: null, test: new Set<string>() };
  assert.throws(
    () => splitOfficially(entries, { official: lists, seed: 1 }),
    new InputError(
      "6 images are in none of the official lists: 1_0.png, 2_0.png, 3_0.png, 4_0.png, 5_0.png, ...",
    ),
  );
  const all = new Set(entries.map(({ image }) => image));
  assert.throws(
    () =>
      splitOfficially(entries, {
        official: { training: all, validation: null, test: new Set(["7_0.png", "2_0.png"]) },
        seed: 1,
      }),
    new InputError("2 images are in two of the official lists: 2_0.png, 7_0.png"),
  );
});

Deno.test({
  name: "splitAsOriginal() makes the original notebook's own three sets of the NIH's images",
  ignore: noNih,
  fn: async () => {
    const split = splitAsOriginal(undersample(await readMetadata(NIH_METADATA), { keepNormal: 0.2 }));
    for (const subset of SUBSETS) {
      const names = split[subset].map(({ image }) => image).sort();
      assert.deepEqual({
        images: names.length,
        hash: createHash("sha256").update(names.join("\n")).digest("hex"),
        positives: countLabels(split[subset], NIH_FINDINGS).map(({ positives }) => positives),
      }, originalSplit.sets[subset]);
    }
  },
});

Deno.test("splitAsOriginal() does not depend on the order of the entries, and keeps it", () => {
  const entries = entriesOf(new Array(50).fill(4));
  const split = splitAsOriginal(entries);
  assertWhole(split, entries);
  assert.deepEqual(sizesOf(split), sizesOf(splitByImage(entries, { seed: 1 })));
  assert.deepEqual(splitAsOriginal(entries.toReversed()).test, split.test.toReversed());
});

Deno.test("numpyPermutation() is numpy's", () => {
  for (const { length, seed, order } of originalSplit.permutations) {
    assert.deepEqual([...numpyPermutation(length, seed)], order);
  }
});

Deno.test({
  name: "splits of the NIH's images have the original notebook's sizes",
  ignore: noNih,
  fn: async () => {
    const entries = undersample(await readMetadata(NIH_METADATA), { keepNormal: 0.2 });
    const byImage = splitByImage(entries, { seed: 1 });
    assert.deepEqual(sizesOf(byImage), [51_001, 3_255, 9_575]);
    const byPatient = splitByPatient(entries, { seed: 1 });
    assert.deepEqual(sizesOf(byPatient), [51_001, 3_255, 9_575]);
    assert.equal(sharedPatients(byPatient).testWithTraining, 0);
  },
});

Deno.test("splitOfficially() follows the lists of a phantom set, image by image", async () => {
  await using phantoms = await phantomFolder();
  const file = (name: string) => join(phantoms.path, name);
  const official = await readNihLists(file("train_val_list.txt"), file("test_list.txt"));
  const { training: trainVal, test } = official;
  const split = splitOfficially(await readMetadata(file("Data_Entry_2017.csv")), { official, seed: 1 });
  const namesOf = (...subsets: (keyof typeof split)[]) =>
    subsets.flatMap((subset) => split[subset].map(({ image }) => image));
  assert.deepEqual(namesOf("test").sort(), [...test].sort());
  assert.deepEqual(namesOf("training", "validation").sort(), [...trainVal].sort());
  assert.equal(split.validation.length, Math.floor(0.06 * trainVal.size));
  assert.equal(sharedPatients(split).testWithTraining, 0);
});

Deno.test({
  name: "splitOfficially() follows the NIH's lists on the NIH's images",
  ignore: noNih || noSample,
  fn: async () => {
    const official = await readNihLists(`${NIH_SAMPLE}/train_val_list.txt`, `${NIH_SAMPLE}/test_list.txt`);
    for (const name of ["nih", "sample"] as const) {
      const file = name === "nih" ? NIH_METADATA : `${NIH_SAMPLE}/Data_Entry_2017.csv`;
      const split = splitOfficially(await readMetadata(file), { official, seed: 1 });
      const { train_val_list, test_list } = expected.official[name];
      assert.deepEqual(sizesOf(split), [
        train_val_list - Math.floor(train_val_list * 0.06),
        Math.floor(train_val_list * 0.06),
        test_list,
      ]);
      assert.equal(sharedPatients(split).testWithTraining, 0);
    }
  },
});

Deno.test("a stratified split spreads rare findings over the subsets more evenly, by whole patients or by image", () => {
  const FINDINGS = ["Common", "Rare", "Rarer"];
  const stream = random(7, "test");
  const entries = entriesOf(Array.from({ length: 400 }, () => 1 + Math.floor(5 * stream.uniform() ** 3)));
  for (const entry of entries) {
    entry.labels = FINDINGS.filter((_, i) => stream.uniform() < [0.3, 0.03, 0.015][i]!);
  }
  const positives = (some: readonly Entry[], finding: string) =>
    some.filter(({ labels }) => labels.includes(finding)).length;
  for (const splitUnits of [splitByPatient, splitByImage]) {
    /** How many positives of the rare findings the test set has beyond or below a quarter, over ten seeds. */
    const distance = (stratify?: string[]) => {
      let sum = 0;
      for (let seed = 0; seed < 10; seed++) {
        const split = splitUnits(entries, { seed, test: 0.25, validation: 0.2, stratify });
        assertWhole(split, entries);
        assert(Math.abs(split.test.length - entries.length / 4) <= 5, String(split.test.length));
        assert(
          Math.abs(split.validation.length - 0.15 * entries.length) <= 5,
          String(split.validation.length),
        );
        for (const finding of ["Rare", "Rarer"]) {
          sum += Math.abs(positives(split.test, finding) - positives(entries, finding) / 4);
        }
      }
      return sum / 20;
    };
    const [stratified, plain] = [distance(FINDINGS), distance()];
    assert(stratified < 1.5 && stratified < plain / 1.5, `${splitUnits.name}: ${stratified}, ${plain}`);
  }
  const of = (seed: number) => splitByPatient(entries, { seed, stratify: FINDINGS });
  assert.deepEqual(of(1), of(1));
  assert.notDeepEqual(of(1).test, of(2).test);
  assert.deepEqual(sharedPatients(of(1)), {
    testWithTraining: 0,
    testWithValidation: 0,
    validationWithTraining: 0,
  });
});

Deno.test("sortPatients() puts patients in the order of comparePatients()", () => {
  const { integer } = random(0, "patients");
  const numbers = Array.from({ length: 500 }, () => `${["", "0", "00"][integer(3)]}${integer(200)}`);
  for (const patients of [numbers, [...numbers, "p1", "9007199254740993", "9007199254740992"], []]) {
    assert.deepEqual(sortPatients([...patients]), patients.toSorted(comparePatients));
  }
});
