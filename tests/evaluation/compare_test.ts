import assert from "node:assert/strict";
import { auc } from "../../lib/evaluation/auc.ts";
import { comparePredictions } from "../../lib/evaluation/compare.ts";
import { deLongDifference } from "../../lib/evaluation/delong.ts";
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
  const comparison = comparePredictions(better, worse, { resamples: 300 });
  const shuffled = selectImages(worse, random(3).shuffle([...worse.images.keys()]));
  assert.deepEqual(comparePredictions(better, shuffled, { resamples: 300 }), comparison);
  assert.ok(comparison.paired);
  comparison.labels.slice(0, 3).forEach((label, index) => {
    const [first, second] = [better, worse].map((predictions) => labelColumn(predictions, index));
    assert.equal(label.first, auc(first!.truth, first!.scores));
    assert.equal(label.second, auc(second!.truth, second!.scores));
    assert.ok(label.interval!.low > 0 && label.interval!.low < label.difference!);
    assert.deepEqual(label.deLong, deLongDifference(first!.truth, [first!.scores, second!.scores]));
    assert.ok(Math.abs(label.interval!.low - label.deLong!.interval!.low) < 0.05);
  });
  const { first, second, difference } = comparison.mean;
  assertClose(difference, first! - second!);
  assertClose(
    difference,
    comparison.labels.slice(0, 3).reduce((sum, label) => sum + label.difference!, 0) / 3,
  );
});

Deno.test("comparePredictions() has null where a label has no AUC, and adjusts p-values by Holm", () => {
  const { labels } = comparePredictions(better, worse, { resamples: 20 });
  assert.deepEqual(labels[3], {
    name: "Hernia",
    positives: [0, 0],
    first: null,
    second: null,
    difference: null,
    interval: null,
    deLong: null,
    adjustedPValue: null,
  });
  // Holm's definition: the k-th smallest of n times n - k + 1, never below a smaller one's, at most 1.
  const sorted = labels.slice(0, 3).toSorted((a, b) => a.deLong!.pValue! - b.deLong!.pValue!);
  let highest = 0;
  sorted.forEach(({ deLong, adjustedPValue }, rank) => {
    highest = Math.min(1, Math.max(highest, deLong!.pValue! * (3 - rank)));
    assert.equal(adjustedPValue, highest);
  });
});

Deno.test("comparePredictions() leaves labels with few positives out of the mean", () => {
  const all = comparePredictions(better, worse, { resamples: 20 });
  const fewest = Math.min(...all.labels.slice(0, 3).map(({ positives }) => positives[0]));
  const some = comparePredictions(better, worse, { resamples: 20, minimumPositives: fewest + 1 });
  const kept = all.labels.filter(({ positives }) => positives[0] > fewest);
  assert.deepEqual([all.mean.labels, some.mean.labels], [3, kept.length]);
  assert.ok(kept.length > 0 && kept.length < 3);
  assertClose(some.mean.first!, kept.reduce((sum, label) => sum + label.first!, 0) / kept.length);
  assert.deepEqual(some.labels, all.labels);
});

Deno.test("comparePredictions() of the same predictions has no difference", () => {
  const { labels, mean } = comparePredictions(better, better, { resamples: 20 });
  assert.deepEqual([mean.difference, mean.interval], [0, { low: 0, high: 0 }]);
  assert.equal(labels[0]!.deLong!.pValue, null);
});

Deno.test("comparePredictions() of other images draws them apart, so its interval is wider", () => {
  const noisy = { ...better, scores: better.scores.map((score, index) => score + 0.05 * (index % 7)) };
  const paired = comparePredictions(better, noisy, { resamples: 400 });
  const apart = comparePredictions(better, {
    ...noisy,
    images: noisy.images.map((image) => `other ${image}`),
  }, {
    resamples: 400,
  });
  const width = ({ mean: { interval } }: typeof paired) => interval!.high - interval!.low;
  assert.ok(!apart.paired && apart.labels[0]!.deLong === null);
  assert.equal(apart.mean.difference, paired.mean.difference);
  assert.ok(width(apart) > 2 * width(paired));
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
