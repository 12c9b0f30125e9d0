import { aucByLabel } from "./auc.ts";
import { labelColumn, type Predictions } from "./predictions.ts";

/** How far a change of the weights is taken to move single labels' AUCs apart (standard deviation). */
const SPREAD = 0.05;

/**
 * The number by which an epoch is chosen on the validation set: a mean of the labels' AUCs in which a label
 * weighs the more, the surer its AUC is. Null where no label has both positives and negatives.
 *
 * Why not the plain mean: the AUC of a label with P positives and N negatives has, without skill, the variance
 * (P + N + 1) / (12 P N) (Mann and Whitney, 1947), so three positives leave a standard deviation of .17; a
 * fourteenth of it is .012, as much as good epochs differ by. Why not the inverse variance alone: it weighs a
 * label by its positives, and the choice would be one for the commonest findings.
 *
 * So the weight is that of a random-effects mean (DerSimonian and Laird, 1986), 1 / (spread² + variance) with a
 * spread of .05 between the labels: proportional to m / (m + 33) with m = P N / (P + N + 1), near the number of
 * positives of a rare label. Labels with hundreds of positives weigh nearly the same, one with 33 half as much,
 * one with three a twelfth. Weights follow from the part's counts alone, never from scores: they are the same for
 * every epoch, so epochs can be compared.
 *
 * @param aucs The labels' AUCs, where they are known already.
 */
export function selectionMetric(
  predictions: Predictions,
  aucs: readonly (number | null)[] = aucByLabel(predictions),
): number | null {
  const weights = selectionWeights(predictions);
  let sum = 0;
  let total = 0;
  aucs.forEach((auc, label) => {
    if (auc === null) return;
    sum += weights[label]! * auc;
    total += weights[label]!;
  });
  return total === 0 ? null : sum / total;
}

/** The weight of each label in `selectionMetric`, from 0 (no positives or no negatives) to below 1. */
export function selectionWeights(predictions: Predictions): number[] {
  return predictions.labels.map((_, label) => {
    const { truth } = labelColumn(predictions, label);
    const positives = truth.reduce((sum, value) => sum + value, 0);
    const negatives = truth.length - positives;
    const pairs = positives * negatives / (positives + negatives + 1);
    return pairs / (pairs + 1 / (12 * SPREAD ** 2));
  });
}
