import assert from "node:assert/strict";
import type { Entry } from "../../lib/dataset/entry.ts";
import { auc, aucByLabel } from "../../lib/evaluation/auc.ts";
import {
  predictFromMetadata,
  scoreBaselines,
  shuffleLabels,
  strataOf,
} from "../../lib/evaluation/baselines.ts";
import type { Predictions } from "../../lib/evaluation/predictions.ts";
import { scoreSubgroups, subgroupsOf } from "../../lib/evaluation/subgroups.ts";
import { random } from "../../lib/support/random.ts";
import { entriesOf } from "../dataset/_files.ts";
import { summarise } from "../../lib/evaluation/summary.ts";
import { assertClose, readFixture } from "./_close.ts";

interface Reference {
  training: Entry[];
  test: Entry[];
  scores: number[];
}

const stored = await readFixture<Reference>("metadata_control.json");
const known = (entry: Entry): Entry => ({ ...entry, unknown: [] });
const reference = { ...stored, training: stored.training.map(known), test: stored.test.map(known) };
const labels = ["Edema", "Hernia", "Mass"] as const;

/** Predictions whose scores are made from each image's metadata and truth, plus noise. */
function predict(entries: readonly Entry[], score: (entry: Entry, truth: number) => number): Predictions {
  const { normal } = random(1, "scores");
  const truth = Uint8Array.from(
    entries.flatMap((entry) => labels.map((label) => Number(entry.labels.includes(label)))),
  );
  return {
    labels,
    images: entries.map(({ image }) => image),
    patients: entries.map(({ patient }) => patient),
    truth,
    scores: Float64Array.from(
      truth,
      (value, index) => score(entries[Math.floor(index / 3)]!, value) + normal(),
    ),
  };
}

Deno.test("subgroupsOf() divides the images by each attribute", () => {
  const entries = entriesOf([2, 2, 1]).map((entry, index): Entry => ({
    ...entry,
    age: [17, 18, 59, 80, null][index]!,
    sex: index < 3 ? "F" : "M",
    view: index === 0 ? "AP" : "PA",
  }));
  const found = subgroupsOf(entries).map(({ attribute, value, images }) => [attribute, value, ...images]);
  assert.deepEqual(found, [
    ["sex", "F", 0, 1, 2],
    ["sex", "M", 3, 4],
    ["age", "under 18", 0],
    ["age", "18 to 39", 1],
    ["age", "40 to 59", 2],
    ["age", "80 and over", 3],
    ["age", "unknown", 4],
    ["view", "PA", 1, 2, 3, 4],
    ["view", "AP", 0],
    ["visit", "first", 0, 2, 4],
    ["visit", "later", 1, 3],
  ]);
});

Deno.test("scoreSubgroups() shows where a network is worse, with intervals", () => {
  const predictions = predict(reference.test, ({ view }, truth) => view === "AP" ? 0 : 3 * truth);
  const { subgroups } = scoreSubgroups(predictions, reference.test);
  const [pa, ap] = ["PA", "AP"].map((value) => subgroups.find((subgroup) => subgroup.value === value)!);
  assert.equal(pa!.images + ap!.images, 60);
  assert.ok(pa!.meanAuc! > 0.9 && ap!.meanAuc! < 0.7);
  const [smaller, larger] = pa!.images < ap!.images ? [pa!, ap!] : [ap!, pa!];
  assertClose(smaller.difference, smaller.meanAuc! - larger.meanAuc!);
  assert.ok(
    Math.min(Math.abs(smaller.differenceInterval!.low), Math.abs(smaller.differenceInterval!.high)) > 0.1,
  );
  assert.equal(larger.difference, null);
  const images = reference.test.flatMap(({ view }, index) => view === "PA" ? [index] : []);
  const expected = auc(
    images.map((image) => predictions.truth[3 * image]!),
    images.map((image) => predictions.scores[3 * image]!),
  );
  assertClose(pa!.labels[0]!.auc, expected);
  const { low, high } = pa!.labels[0]!.aucInterval!;
  assert.ok(low <= expected! && expected! <= high);
});

Deno.test("scoreSubgroups() has null where a subgroup has no positives, and refuses other images", () => {
  const entries = reference.test.map((entry) => entry.sex === "F" ? { ...entry, labels: [] } : entry);
  const women = scoreSubgroups(predict(entries, () => 0), entries).subgroups[0]!;
  assert.deepEqual([women.value, women.meanAuc, women.meanAucInterval, women.difference], [
    "F",
    null,
    null,
    null,
  ]);
  const { name, positives, auc, aucInterval } = women.labels[0]!;
  assert.deepEqual({ name, positives, auc, aucInterval }, {
    name: "Edema",
    positives: 0,
    auc: null,
    aucInterval: null,
  });
  assert.throws(
    () => scoreSubgroups(predict(entries, () => 0), entries.toReversed()),
    new RangeError(
      'Metadata of 60 images do not fit predictions of 60: image "0.png" stands beside "59.png"',
    ),
  );
});

Deno.test("predictFromMetadata() is scikit-learn's logistic regression", () => {
  const scores = predictFromMetadata(reference.training, reference.test, { labels });
  assertClose([...scores], reference.scores);
});

Deno.test("predictFromMetadata() gives one score to a label that the training set has never or always", () => {
  const training = reference.training.map((entry): Entry => ({ ...entry, labels: ["Edema"] }));
  const scores = predictFromMetadata(training, reference.test, { labels });
  assert.deepEqual([...new Set(scores.filter((_, index) => index % 3 === 0))], [1]);
  assert.deepEqual([...new Set(scores.filter((_, index) => index % 3 === 1))], [0]);
});

Deno.test("shuffleLabels() leaves .5, and within strata what the stratum gives away", () => {
  const byView = predict(reference.training, ({ view }) => view === "AP" ? 3 : 0);
  const all = shuffleLabels(byView);
  const within = shuffleLabels(byView, { strata: strataOf(reference.training) });
  assert.ok(all.meanAucInterval!.low < 0.5 && 0.5 < all.meanAucInterval!.high);
  assert.ok(Math.abs(all.meanAuc! - 0.5) < 0.02, String(all.meanAuc));
  assert.ok(within.meanAucInterval!.low > 0.53, String(within.meanAuc));
});

Deno.test("shuffleLabels() deals few labels, many and half-known ones out by the same shuffles", () => {
  const predictions = predict(reference.test, (_, truth) => truth);
  const { truth, scores } = predictions;
  const images = predictions.images.length;
  const widened = (width: number, known = true) => ({
    ...predictions,
    labels: Array.from({ length: width }, (_, i) => `label ${i}`),
    truth: Uint8Array.from({ length: width * images }, (_, i) => {
      const column = i % width;
      return !known && column === width - 1 ? 255 : truth[3 * Math.floor(i / width) + column % 3]!;
    }),
    scores: Float64Array.from(
      { length: width * images },
      (_, i) => scores[3 * Math.floor(i / width) + i % width % 3]!,
    ),
  });
  const options = { shuffles: 5, strata: strataOf(reference.test) };
  const few = shuffleLabels(predictions, options);
  assertClose(shuffleLabels(widened(36), options), few);
  // A label that is known of no image has no AUC, and the others go round as before.
  assertClose(shuffleLabels(widened(4, false), options), few);
});

Deno.test("shuffleLabels() leaves the AUC as it is where each image is its own stratum", () => {
  const predictions = predict(reference.test, (_, truth) => truth);
  const strata = predictions.images;
  const areas = labels.map((_, label) =>
    auc(
      predictions.truth.filter((_, index) => index % 3 === label),
      predictions.scores.filter((_, index) => index % 3 === label),
    )!
  );
  assertClose(
    shuffleLabels(predictions, { strata, shuffles: 3 }).meanAuc,
    areas.reduce((sum, area) => sum + area) / 3,
  );
});

Deno.test("scoreBaselines() shows what the view, the age and the sex give away", () => {
  const predictions = predict(reference.test, () => 0);
  const { metadata, shuffled } = scoreBaselines(predictions, reference.test, {
    training: reference.training,
  });
  const hernia = metadata!.labels[1]!;
  assert.equal(hernia.name, "Hernia");
  assert.ok(hernia.aucInterval!.low > 0.55, String(hernia.aucInterval!.low));
  const { difference, differenceInterval } = metadata!;
  const own = summarise(aucByLabel(predictions)).mean!;
  assertClose(difference, own - metadata!.meanAuc!);
  assert.ok(differenceInterval!.low < difference! && difference! < differenceInterval!.high);
  assert.ok(metadata!.meanAucInterval!.low < metadata!.meanAuc! && shuffled.meanAuc! < metadata!.meanAuc!);
  assert.equal(scoreBaselines(predictions, reference.test).metadata, null);
});
