import { thresholdCounts } from "./threshold_counts.ts";
import type { Weighted } from "./weighted_scores.ts";

/** A precision-recall curve with a point for each of k distinct scores. Between points it is a step. */
export interface PrecisionRecall {
  /** [k] Thresholds from the highest down. */
  thresholds: Float64Array;
  /** [k] The part of the images called positive that has the finding. */
  precision: Float64Array;
  /** [k] The part of the images with the finding that is called positive; ends in 1. */
  recall: Float64Array;
}

/**
 * The precision-recall curve of a label; null where there are no positives, since recall is then undefined.
 *
 * @param truth 1 where an image has the finding, else 0.
 * @param scores As many scores.
 * @throws {RangeError} When the lengths differ or a score is NaN.
 */
export function precisionRecall(
  truth: ArrayLike<number>,
  scores: ArrayLike<number>,
  weighted: Weighted = {},
): PrecisionRecall | null {
  const { thresholds, truePositives, falsePositives, positives } = thresholdCounts(truth, scores, weighted);
  if (positives === 0) return null;
  const [precision, recall] = [falsePositives, truePositives];
  for (let i = 0; i < thresholds.length; i++) {
    const found = truePositives[i]!;
    precision[i] = found / (found + falsePositives[i]!);
    recall[i] = found / positives;
  }
  return { thresholds, precision, recall };
}
