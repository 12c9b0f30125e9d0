import assert from "node:assert/strict";
import { auc } from "../../lib/evaluation/auc.ts";
import { comparePredictions } from "../../lib/evaluation/compare.ts";
import { differenceOf } from "../../lib/evaluation/estimate.ts";
import { estimateAuc } from "../../lib/evaluation/estimate_auc.ts";
import { indexPatients, patientsOf } from "../../lib/evaluation/patient_index.ts";
import { labelColumn, type Predictions, selectImages } from "../../lib/evaluation/predictions.ts";
import { InputError } from "../../lib/support/input_error.ts";
import { random } from "../../lib/support/random.ts";
import { assertClose } from "./_close.ts";

const labels = ["Mass", "Nodule", "Edema", "Hernia"];

/** 200 images, of which Hernia has none, scored with noise of the given strength. */
function predict(noise: number, { seed = 0, first = 0 } = {}): Predictions {
  const truths = random(first, "truth");
  const { normal } = random(seed, "noise");
  const truth = Uint8Array.from(
    { length: 800 },
    (_, index) => Number(index % 4 < 3 && truths.uniform() < 0.3),
  );
  return {
    labels,
    images: Array.from({ length: 200 }, (_, image) => `${first + image}.png`),
    patients: Array.from({ length: 200 }, (_, image) => String(first + Math.floor(image / 2))),
    truth,
    scores: Float64Array.from(truth, (value) => value + noise * normal()),
  };
}

const better = predict(0.5);
const worse = predict(1.5, { seed: 1 });

Deno.test("comparePredictions() pairs the same images in any order", () => {
  const comparison = comparePredictions(better, worse);
  const shuffled = selectImages(worse, random(3).shuffle([...worse.images.keys()]));
  assert.deepEqual(comparePredictions(better, shuffled), comparison);
  assert.ok(comparison.paired);
  comparison.labels.slice(0, 3).forEach((label, index) => {
    const [first, second] = [better, worse].map((predictions) => labelColumn(predictions, index));
    assert.equal(label.first, auc(first!.truth, first!.scores));
    assert.equal(label.second, auc(second!.truth, second!.scores));
    assert.ok(label.interval!.low > 0 && label.interval!.low < label.difference!);
    const patients = indexPatients(better.patients);
    const [one, other] = [first!, second!].map((column) =>
      estimateAuc(column, patientsOf(patients, column.images))!
    );
    const { interval, pValue } = differenceOf(one!, other!);
    assertClose([label.interval, label.pValue], [interval, pValue]);
    assert.equal(label.patients, Math.min(one!.patients, other!.patients));
  });
  const { first, second, difference } = comparison.mean;
  assertClose(difference, first! - second!);
  assertClose(
    difference,
    comparison.labels.slice(0, 3).reduce((sum, label) => sum + label.difference!, 0) / 3,
  );
});

Deno.test("comparePredictions() has null where a label has no AUC, and adjusts p-values by Holm", () => {
  const { labels } = comparePredictions(better, worse);
  assert.deepEqual(labels[3], {
    name: "Hernia",
    positives: [0, 0],
    first: null,
    second: null,
    difference: null,
    interval: null,
    pValue: null,
    patients: 0,
    adjustedPValue: null,
  });
  // Holm's definition: the k-th smallest of n times n - k + 1, never below a smaller one's, at most 1.
  const sorted = labels.slice(0, 3).toSorted((a, b) => a.pValue! - b.pValue!);
  let highest = 0;
  sorted.forEach(({ pValue, adjustedPValue }, rank) => {
    highest = Math.min(1, Math.max(highest, pValue! * (3 - rank)));
    assert.equal(adjustedPValue, highest);
  });
});

Deno.test("comparePredictions() leaves labels with few positives out of the mean", () => {
  const all = comparePredictions(better, worse);
  const fewest = Math.min(...all.labels.slice(0, 3).map(({ positives }) => positives[0]));
  const some = comparePredictions(better, worse, { minimumPositives: fewest + 1 });
  const kept = all.labels.filter(({ positives }) => positives[0] > fewest);
  assert.deepEqual([all.mean.labels, some.mean.labels], [3, kept.length]);
  assert.ok(kept.length > 0 && kept.length < 3);
  assertClose(some.mean.first!, kept.reduce((sum, label) => sum + label.first!, 0) / kept.length);
  assert.deepEqual(some.labels, all.labels);
});

Deno.test("comparePredictions() of the same predictions has no difference, and nothing to tell it from", () => {
  const { labels, mean } = comparePredictions(better, better);
  assert.deepEqual([mean.difference, mean.interval, mean.pValue], [0, null, null]);
  assert.deepEqual([labels[0]!.difference, labels[0]!.interval, labels[0]!.pValue], [0, null, null]);
});

Deno.test("comparePredictions() of other images takes them as they are, so its interval is wider", () => {
  const noisy = { ...better, scores: better.scores.map((score, index) => score + 0.05 * (index % 7)) };
  const other = (name: string) => `other ${name}`;
  const paired = comparePredictions(better, noisy);
  const apart = comparePredictions(better, {
    ...noisy,
    images: noisy.images.map(other),
    patients: noisy.patients.map(other),
  });
  const ofSamePatients = comparePredictions(better, { ...noisy, images: noisy.images.map(other) });
  const width = ({ mean: { interval } }: typeof paired) => interval!.high - interval!.low;
  assert.deepEqual([paired.paired, apart.paired, ofSamePatients.paired], [true, false, false]);
  assert.deepEqual([paired, apart, ofSamePatients].map(({ sharedPatients }) => sharedPatients), [
    100,
    0,
    100,
  ]);
  assert.equal(apart.mean.difference, paired.mean.difference);
  assert.ok(width(apart) > 2 * width(paired));
  assertClose(width(ofSamePatients), width(paired));
});

Deno.test("comparePredictions() counts by patient: each image ten times does not make it surer", () => {
  const tenfold = (predictions: Predictions): Predictions => {
    const images = predictions.images.flatMap((_, image) => Array<number>(10).fill(image));
    const chosen = selectImages(predictions, images);
    return { ...chosen, images: images.map((image, copy) => `${image} ${copy}`) };
  };
  const [once, ten] = [
    comparePredictions(better, worse),
    comparePredictions(tenfold(better), tenfold(worse)),
  ];
  const width = ({ labels }: typeof once) => labels[0]!.interval!.high - labels[0]!.interval!.low;
  assert.ok(width(ten) > 0.95 * width(once) && ten.labels[0]!.pValue! > 0.5 * once.labels[0]!.pValue!);
});

Deno.test("two positives never make a p-value, however far the AUCs are apart", () => {
  const images = Array.from({ length: 300 }, (_, image) => image);
  const predictions = (found: number): Predictions => ({
    labels: ["Hernia"],
    images: images.map(String),
    patients: images.map(String),
    truth: Uint8Array.from(images, (image) => Number(image < 2)),
    scores: Float64Array.from(images, (image) => image < 2 ? found : (image % 50) / 50),
  });
  const { labels: [hernia], mean } = comparePredictions(predictions(2), predictions(-2));
  assert.equal(hernia!.difference, 1);
  assert.deepEqual([hernia!.interval, hernia!.pValue, hernia!.adjustedPValue], [null, null, null]);
  assert.deepEqual([mean.difference, mean.interval, mean.pValue], [1, null, null]);
});

Deno.test("comparePredictions() refuses other labels and another truth", () => {
  assert.throws(
    () => comparePredictions(better, { ...worse, labels: ["Mass", "Nodule", "Edema", "Fibrosis"] }),
    new InputError(
      "Predictions of Mass,Nodule,Edema,Fibrosis cannot be compared with those of Mass,Nodule,Edema,Hernia",
    ),
  );
  assert.throws(
    () => comparePredictions(better, { ...worse, truth: worse.truth.with(7, 1) }),
    new InputError('Image "1.png" has Hernia 0 in one of the predictions and 1 in the other'),
  );
});
