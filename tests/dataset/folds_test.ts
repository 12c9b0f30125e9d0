import assert from "node:assert/strict";
import type { Entry } from "../../lib/dataset/entry.ts";
import { foldsByPatient } from "../../lib/dataset/folds.ts";
import { InputError } from "../../lib/support/input_error.ts";

/** Images of patients with one to four each, of which a tenth has the rare finding and half the common one. */
function entriesOf(patients: number): Entry[] {
  return Array.from(
    { length: patients },
    (_, patient) =>
      Array.from({ length: 1 + patient % 4 }, (_, image): Entry => ({
        image: `${patient}_${image}.png`,
        labels: [...(patient % 10 === 0 ? ["Rare"] : []), ...(patient % 2 === 0 ? ["Common"] : [])],
        unknown: [],
        followUp: image,
        patient: String(patient),
        age: 50,
        sex: "F",
        view: "PA",
      })),
  ).flat();
}

Deno.test("each image is tested once, and no patient is in two sets of a fold", () => {
  const entries = entriesOf(83);
  const splits = foldsByPatient(entries, {
    folds: 5,
    seed: 3,
    stratify: ["Rare", "Common"],
    validation: 0.1,
  });
  assert.equal(splits.length, 5);
  assert.deepEqual(
    splits.flatMap(({ test }) => test).map(({ image }) => image).sort(),
    entries.map(({ image }) => image).sort(),
  );
  for (const { training, validation, test } of splits) {
    assert.equal(training.length + validation.length + test.length, entries.length);
    const sets = [training, validation, test].map((set) => new Set(set.map(({ patient }) => patient)));
    for (const patient of sets[0]!) assert(!sets[1]!.has(patient) && !sets[2]!.has(patient));
    for (const patient of sets[1]!) assert(!sets[2]!.has(patient));
    assert(Math.abs(test.length - entries.length / 5) <= 5, `${test.length} of ${entries.length}`);
    assert(Math.abs(validation.length - 0.1 * (entries.length - test.length)) <= 5);
    // 9 patients of the 83 have it.
    const rare = new Set(test.filter(({ labels }) => labels.includes("Rare")).map(({ patient }) => patient));
    assert(rare.size >= 1 && rare.size <= 3, `${rare.size}`);
  }
});

Deno.test("the same seed gives the same folds, another one others", () => {
  const entries = entriesOf(40);
  const folds = (seed: number) =>
    foldsByPatient(entries, { folds: 4, seed }).map(({ test }) => test.map(({ image }) => image));
  assert.deepEqual(folds(1), folds(1));
  assert.notDeepEqual(folds(1), folds(2));
});

Deno.test("more folds than patients allow are refused", () => {
  assert.throws(
    () => foldsByPatient(entriesOf(4), { folds: 5, seed: 0 }),
    (error) =>
      error instanceof InputError && error.message === "10 images of 4 patients are too few for 5 folds",
  );
});
