import { labelColumn, type Predictions } from "./predictions.ts";
import { walkThresholds } from "./threshold_counts.ts";
import type { Weighted } from "./weighted_scores.ts";

/**
 * The area under the ROC: the probability that an image with the finding scores higher than one without, a tie
 * counting half (Hanley and McNeil, 1982). Counted in whole numbers and divided once, so it is exact to the last
 * bit. With weights, each image is drawn as often as it weighs. Null where there are no positives or no negatives.
 *
 * @param truth 1 where an image has the finding, else 0.
 * @param scores As many scores.
 * @throws {RangeError} When the lengths differ or a score is NaN.
 */
export function auc(
  truth: ArrayLike<number>,
  scores: ArrayLike<number>,
  weighted: Weighted = {},
): number | null {
  let twiceWon = 0;
  let [positivesAbove, negativesAbove] = [0, 0];
  const { positives, negatives } = walkThresholds(
    { truth, scores, weights: weighted.weights },
    (_, positivesDown, negativesDown) => {
      twiceWon += (negativesDown - negativesAbove) * (positivesAbove + positivesDown);
      positivesAbove = positivesDown;
      negativesAbove = negativesDown;
    },
  );
  if (positives === 0 || negatives === 0) return null;
  return twiceWon / (2 * positives * negatives);
}

/** The AUC of each label; null where a label has no positives or no negatives. */
export function aucByLabel(predictions: Predictions): (number | null)[] {
  return predictions.labels.map((_, label) => {
    const column = labelColumn(predictions, label);
    return auc(column.truth, column.scores, column);
  });
}
