import { scoreOrder } from "./score_order.ts";
import type { Weighted } from "./weighted_scores.ts";

/**
 * What a label's thresholds separate; one element for each of k distinct scores, from the highest down. Images are
 * counted by their weights.
 */
export interface ThresholdCounts {
  /** [k] The distinct scores: an image is called positive where its score is at least the threshold. */
  thresholds: Float64Array;
  /** [k] Images with the finding that are called positive. */
  truePositives: Float64Array;
  /** [k] Images without the finding that are called positive. */
  falsePositives: Float64Array;
  /** All images with the finding. */
  positives: number;
  /** All images without the finding. */
  negatives: number;
}

/**
 * Counts what each threshold separates: the basis of every curve and of its area. Images with equal scores fall
 * together, so ties need no further care.
 *
 * @param truth 1 where an image has the finding, else 0.
 * @param scores As many scores; infinite ones are ordered as such.
 * @throws {RangeError} When the lengths differ or a score is NaN.
 */
export function thresholdCounts(
  truth: ArrayLike<number>,
  scores: ArrayLike<number>,
  { weights }: Weighted = {},
): ThresholdCounts {
  if (truth.length !== scores.length) {
    throw new RangeError(`${truth.length} truths do not fit ${scores.length} scores`);
  }
  const order = scoreOrder(scores);
  const counts = {
    thresholds: new Float64Array(order.length),
    truePositives: new Float64Array(order.length),
    falsePositives: new Float64Array(order.length),
  };
  let groups = 0;
  let positives = 0;
  let negatives = 0;
  order.forEach((image, rank) => {
    const weight = weights?.[image] ?? 1;
    if (truth[image]) positives += weight;
    else negatives += weight;
    const next = order[rank + 1];
    if (next !== undefined && scores[next] === scores[image]) return;
    counts.thresholds[groups] = scores[image]!;
    counts.truePositives[groups] = positives;
    counts.falsePositives[groups] = negatives;
    groups++;
  });
  return {
    thresholds: counts.thresholds.slice(0, groups),
    truePositives: counts.truePositives.slice(0, groups),
    falsePositives: counts.falsePositives.slice(0, groups),
    positives,
    negatives,
  };
}
