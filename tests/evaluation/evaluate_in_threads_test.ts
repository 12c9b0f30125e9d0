import assert from "node:assert/strict";
import { type Entry, UNKNOWN } from "../../lib/dataset/entry.ts";
import { evaluateInThreads } from "../../lib/evaluation/evaluate_in_threads.ts";
import { evaluate, metricsJson } from "../../lib/evaluation/metrics.ts";
import type { Predictions } from "../../lib/evaluation/predictions.ts";
import { random } from "../../lib/support/random.ts";

const LABELS = ["Edema", "Hernia", "Mass"];

/** 600 images of 200 patients, with weights and some unknown ground truth. */
function draw(seed: number): Predictions {
  const { uniform, integer } = random(seed, "threads");
  const images = Array.from({ length: 600 }, (_, i) => `${seed}-${i}.png`);
  const truth = Uint8Array.from(
    { length: 1800 },
    () => uniform() < 0.1 ? UNKNOWN : Number(uniform() < 0.3),
  );
  return {
    labels: LABELS,
    images,
    patients: images.map((_, i) => `${seed}-${i % 200}`),
    truth,
    scores: Float64Array.from(truth, (value) => (uniform() + (value === 1 ? 0.3 : 0)) / 1.3),
    weights: Float64Array.from(images, () => 1 + integer(3)),
  };
}

const test = draw(1);
const entries = test.images.map((image, i): Entry => ({
  image,
  patient: test.patients[i]!,
  labels: LABELS.filter((_, label) => test.truth[3 * i + label] === 1),
  unknown: LABELS.filter((_, label) => test.truth[3 * i + label] === UNKNOWN),
  followUp: i % 2,
  age: i % 90,
  sex: i % 3 === 0 ? "F" : "M",
  view: i % 5 === 0 ? "AP" : "PA",
}));

Deno.test("evaluateInThreads() has the bits of evaluate(), with a validation set, weights and subgroups", async () => {
  const options = {
    entries,
    training: entries,
    validation: draw(2),
    lossWeights: LABELS.map(() => ({ positive: 0.7, negative: 0.3 })),
    seed: 3,
  };
  const alone = metricsJson(evaluate(test, options));
  assert.equal(metricsJson(await evaluateInThreads(test, { ...options, threads: 3 })), alone);
  assert.equal(metricsJson(await evaluateInThreads(test, options)), alone);
  const { weights: _, ...plain } = test;
  const bare = metricsJson(await evaluateInThreads(plain, { threads: 2 }));
  assert.equal(bare, metricsJson(evaluate(plain)));
});

Deno.test("evaluateInThreads() refuses what evaluate() refuses, in a thread too", async () => {
  const scores = test.scores.slice();
  scores[5] = NaN;
  const refused = { name: "RangeError", message: /is NaN/ };
  await assert.rejects(evaluateInThreads({ ...test, scores }, { threads: 2 }), refused);
  const other = { validation: { ...test, labels: ["Edema", "Hernia", "Nodule"] }, threads: 2 };
  await assert.rejects(evaluateInThreads(test, other), RangeError);
});
