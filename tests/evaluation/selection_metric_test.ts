import assert from "node:assert/strict";
import { aucByLabel } from "../../lib/evaluation/auc.ts";
import { selectionMetric, selectionWeights } from "../../lib/evaluation/selection_metric.ts";
import type { Predictions } from "../../lib/evaluation/predictions.ts";
import { random } from "../../lib/support/random.ts";
import { assertClose } from "./_close.ts";

/** 500 images; positives of each label as given, whose scores are higher by one standard deviation. */
function draw(positives: readonly number[], seed: number): Predictions {
  const { normal } = random(seed, "selection metric");
  const images = Array.from({ length: 500 }, (_, index) => `${index}.png`);
  const truth = Uint8Array.from(
    { length: 500 * positives.length },
    (_, index) => Number(Math.floor(index / positives.length) < positives[index % positives.length]!),
  );
  return {
    labels: positives.map((_, index) => `label ${index}`),
    images,
    patients: images.map((_, index) => String(index)),
    truth,
    scores: Float64Array.from(truth, (value) => value + normal()),
  };
}

function deviation(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
}

Deno.test("selectionMetric() varies less than the plain mean where labels have few positives", () => {
  const counts = [3, 60, 80, 120];
  const choices: number[] = [];
  const means: number[] = [];
  for (let seed = 0; seed < 300; seed++) {
    const predictions = draw(counts, seed);
    choices.push(selectionMetric(predictions)!);
    means.push(aucByLabel(predictions).reduce<number>((sum, area) => sum + area!, 0) / counts.length);
  }
  assert.ok(
    deviation(choices) < 0.6 * deviation(means),
    `standard deviation ${deviation(choices)} against ${deviation(means)}`,
  );
});

Deno.test("three positives cannot swing selectionMetric(): from all right to all wrong moves it by less than .05", () => {
  const predictions = draw([3, 60, 80, 120], 0);
  const change = (score: number) => {
    const scores = predictions.scores.map((value, index) => index % 4 === 0 && index < 12 ? score : value);
    return selectionMetric({ ...predictions, scores })!;
  };
  assert.ok(change(100) - change(-100) < 0.05);
});

Deno.test("selectionWeights() follow from the counts: 1 / (.05² + null variance of the AUC), scaled", () => {
  const counts = [3, 33, 60, 250, 0, 500];
  const expected = counts.map((positives) => {
    const negatives = 500 - positives;
    if (positives === 0 || negatives === 0) return 0;
    const variance = (positives + negatives + 1) / (12 * positives * negatives);
    return 0.05 ** 2 / (0.05 ** 2 + variance);
  });
  assertClose(selectionWeights(draw(counts, 0)), expected);
});

Deno.test("selectionMetric() is the weighted mean over labels that have an AUC, and null without any", () => {
  const predictions = draw([10, 0, 100], 1);
  const [first, , last] = aucByLabel(predictions);
  const [light, , heavy] = selectionWeights(predictions);
  assertClose(selectionMetric(predictions), (first! * light! + last! * heavy!) / (light! + heavy!));
  assert.equal(selectionMetric(draw([0, 500], 0)), null);
});
