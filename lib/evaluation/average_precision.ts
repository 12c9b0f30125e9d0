import { thresholdCounts } from "./threshold_counts.ts";
import type { Weighted } from "./weighted_scores.ts";

/**
 * Average precision: the precision at each distinct score, weighted by the recall gained there, without
 * interpolation (as scikit-learn's). A random order has about the prevalence. Null where there are no positives.
 *
 * @param truth 1 where an image has the finding, else 0.
 * @param scores As many scores.
 * @throws {RangeError} When the lengths differ or a score is NaN.
 */
export function averagePrecision(
  truth: ArrayLike<number>,
  scores: ArrayLike<number>,
  weighted: Weighted = {},
): number | null {
  const { truePositives, falsePositives, positives } = thresholdCounts(truth, scores, weighted);
  if (positives === 0) return null;
  let sum = 0;
  let above = 0;
  truePositives.forEach((count, index) => {
    if (count > above) sum += (count - above) * (count / (count + falsePositives[index]!));
    above = count;
  });
  return sum / positives;
}
