import { walkThresholds } from "./threshold_counts.ts";
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
  let [sum, above] = [0, 0];
  const { positives } = walkThresholds({ truth, scores, weights: weighted.weights }, (_, found, others) => {
    if (found > above) sum += (found - above) * (found / (found + others));
    above = found;
  });
  if (positives === 0) return null;
  return sum / positives;
}
