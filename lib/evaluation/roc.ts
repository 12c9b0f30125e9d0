import { thresholdCounts } from "./threshold_counts.ts";
import type { Weighted } from "./weighted_scores.ts";

/** A receiver operating characteristic: k distinct scores give k + 1 points, from (0, 0) to (1, 1). */
export interface Roc {
  /** [k + 1] Thresholds from the highest down; the first is infinite, so that nothing is called positive. */
  thresholds: Float64Array;
  /** [k + 1] 1 - specificity: the part of the images without the finding that is called positive. */
  falsePositiveRate: Float64Array;
  /** [k + 1] Sensitivity: the part of the images with the finding that is called positive. */
  truePositiveRate: Float64Array;
}

/**
 * The ROC of a label with a point for every distinct score; null where there are no positives or no negatives,
 * since a rate is then undefined.
 *
 * @param truth 1 where an image has the finding, else 0.
 * @param scores As many scores.
 * @throws {RangeError} When the lengths differ or a score is NaN.
 */
export function roc(
  truth: ArrayLike<number>,
  scores: ArrayLike<number>,
  weighted: Weighted = {},
): Roc | null {
  const counts = thresholdCounts(truth, scores, weighted);
  const { thresholds, truePositives, falsePositives, positives, negatives } = counts;
  if (positives === 0 || negatives === 0) return null;
  return {
    thresholds: after(Infinity, thresholds, 1),
    falsePositiveRate: after(0, falsePositives, negatives),
    truePositiveRate: after(0, truePositives, positives),
  };
}

/** A first value and the rest, each divided by their total. */
function after(first: number, rest: Float64Array, total: number): Float64Array {
  const values = new Float64Array(rest.length + 1);
  values[0] = first;
  for (let i = 0; i < rest.length; i++) values[i + 1] = rest[i]! / total;
  return values;
}
