import assert from "node:assert/strict";
import { byExcess, findingScales, judgeFinding } from "../../lib/evaluation/finding_scale.ts";
import { chooseThreshold } from "../../lib/evaluation/operating_points.ts";
import { applyPlatt, fitPlatt } from "../../lib/evaluation/platt.ts";
import { type Predictions, selectImages } from "../../lib/evaluation/predictions.ts";
import { random } from "../../lib/support/random.ts";

const LABELS = ["Edema", "Mass", "Hernia", "Fibrosis"];
const RULE = { rule: "youden" } as const;

/** 300 images: scores rise with Edema, fall with Mass, nobody has a Hernia, everybody Fibrosis. */
function validation(): Predictions {
  const { uniform } = random(1, "validation");
  const n = 300;
  const truth = new Uint8Array(n * LABELS.length);
  const scores = new Float64Array(n * LABELS.length);
  for (let i = 0; i < n; i++) {
    const [edema, mass] = [uniform() < 0.2, uniform() < 0.3];
    truth.set([Number(edema), Number(mass), 0, 1], i * LABELS.length);
    scores.set(
      [
        0.5 + 0.4 * uniform() + (edema ? 0.08 : 0),
        0.6 - (mass ? 0.3 : 0) + 0.2 * uniform(),
        uniform(),
        uniform(),
      ],
      i * LABELS.length,
    );
  }
  const images = Array.from({ length: n }, (_, i) => `${i}.png`);
  return { labels: LABELS, images, patients: images, truth, scores };
}

Deno.test("a score becomes Platt's probability, beside that of the threshold and its place among the validation scores", () => {
  const predictions = validation();
  const scores = predictions.scores.filter((_, i) => i % LABELS.length === 0);
  const truth = predictions.truth.filter((_, i) => i % LABELS.length === 0);
  const [edema] = findingScales(predictions, RULE);
  const platt = fitPlatt(truth, scores)!;
  const threshold = chooseThreshold(truth, scores, RULE)!;
  assert.equal(edema!.positives, truth.filter((value) => value === 1).length);
  for (const score of [0.5, threshold - 1e-9, threshold, 0.8, scores[3]!]) {
    const judged = judgeFinding(edema!, score);
    assert.equal(judged.probability, applyPlatt(platt, score));
    assert.equal(judged.threshold, applyPlatt(platt, threshold));
    assert.equal(judged.isAbove, score >= threshold);
    assert.equal(judged.excess! >= 0, score >= threshold);
    const below = scores.filter((other) => other < score).length;
    const same = scores.filter((other) => other === score).length;
    assert.equal(judged.percentile, (below + same / 2) / scores.length);
  }
});

Deno.test("probabilities are calibrated: their mean is the prevalence, whatever the scores are", () => {
  const predictions = validation();
  const [edema] = findingScales(predictions, RULE);
  const scores = predictions.scores.filter((_, i) => i % LABELS.length === 0);
  const mean = scores.reduce((sum, score) => sum + judgeFinding(edema!, score).probability!, 0) /
    scores.length;
  assert(Math.abs(mean - edema!.positives / scores.length) < 0.01, `${mean}`);
  assert(scores.every((score) => score >= 0.5));
});

Deno.test("where the validation set gives no probability there is a reason instead, and such findings come last", () => {
  const scales = findingScales(validation(), RULE);
  assert.deepEqual(scales.map(({ reason }) => reason), [
    null,
    "its scores are no better than chance on the validation set",
    "no validation image has it",
    "all validation images have it",
  ]);
  const judged = scales.map((scale) => judgeFinding(scale, 0.7));
  for (const { probability, threshold, isAbove, excess, score } of judged.slice(1)) {
    assert.deepEqual([probability, threshold, isAbove, excess], [null, null, null, null]);
    assert.equal(score, 0.7);
  }
  assert.equal(byExcess(judged.toReversed())[0]!.finding, "Edema");
  const [low, high] = [0.55, 0.9].map((score) => judgeFinding(scales[0]!, score));
  assert.deepEqual(byExcess([low!, judged[1]!, high!]).map(({ score }) => score), [0.9, 0.55, 0.7]);
});

Deno.test("a threshold that nothing reaches is a probability of 1", () => {
  // The one with the finding has the second highest score, so that finding it costs as much as missing it.
  const images = Array.from({ length: 40 }, (_, i) => `${i}`);
  const predictions = {
    labels: ["Mass"],
    images,
    patients: images,
    truth: Uint8Array.from(images, (_, i) => Number(i === 38)),
    scores: Float64Array.from(images, (_, i) => i / 100),
  };
  const [scale] = findingScales(predictions, { rule: "cost", costRatio: 1 });
  assert.equal(scale!.threshold, Infinity);
  const judged = judgeFinding(scale!, 0.39);
  assert.deepEqual([judged.threshold, judged.isAbove, judged.excess], [1, false, -Infinity]);
});

Deno.test("an image that stands for others counts as if it were there as often", () => {
  const predictions = validation();
  const times = predictions.images.map((_, image) => image % 7 === 0 ? 3 : 1);
  const repeated = times.flatMap((count, image) => Array<number>(count).fill(image));
  const [weighted] = findingScales({ ...predictions, weights: Float64Array.from(times) }, RULE);
  const [expected] = findingScales(selectImages(predictions, repeated), RULE);
  const [unweighted] = findingScales(predictions, RULE);
  for (const score of [0.52, 0.6, 0.75, predictions.scores[4]!]) {
    const [judged, again] = [judgeFinding(weighted!, score), judgeFinding(expected!, score)];
    assert.equal(judged.percentile, again.percentile);
    assert.ok(Math.abs(judged.probability! - again.probability!) < 1e-9);
    assert.notEqual(judged.percentile, judgeFinding(unweighted!, score).percentile);
  }
  assert.equal(weighted!.threshold, expected!.threshold);
});
