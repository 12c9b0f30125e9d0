import { thresholdCounts } from "./threshold_counts.ts";
import type { Weighted } from "./weighted_scores.ts";

/** How a threshold is chosen. */
export type OperatingRule =
  /** Sensitivity + specificity - 1 is highest (Youden, 1950). */
  | { rule: "youden" }
  /** F1, the harmonic mean of precision and sensitivity, is highest. */
  | { rule: "f1" }
  /** The highest threshold with at least this sensitivity, above 0 and at most 1. */
  | { rule: "sensitivity"; sensitivity: number }
  /** Errors cost least, where one missed finding costs as much as this many false alarms. */
  | { rule: "cost"; costRatio: number };

/** The rules that a report shows: two that balance, one for ruling out, one for a price. */
export const OPERATING_RULES: readonly OperatingRule[] = [
  { rule: "youden" },
  { rule: "f1" },
  { rule: "sensitivity", sensitivity: 0.9 },
  { rule: "cost", costRatio: 10 },
];

/**
 * Chooses a label's threshold among its scores by a rule; of equally good ones the highest. It belongs on the
 * validation set, to be applied to the test set. Where calling nothing positive costs least, the threshold is
 * Infinity. Null where there are no positives or no negatives to choose by.
 *
 * @param truth 1 where an image has the finding, else 0.
 * @param scores As many scores.
 * @throws {RangeError} When the lengths differ, a score is NaN, or the rule's number is out of range.
 */
export function chooseThreshold(
  truth: ArrayLike<number>,
  scores: ArrayLike<number>,
  { weights, ...rule }: OperatingRule & Weighted,
): number | null {
  const counts = thresholdCounts(truth, scores, { weights });
  const { thresholds, truePositives, falsePositives, positives, negatives } = counts;
  const merit = meritOf(rule as OperatingRule, positives, negatives);
  if (positives === 0 || negatives === 0) return null;
  let best = merit(0, 0);
  let chosen = Infinity;
  thresholds.forEach((threshold, index) => {
    const value = merit(truePositives[index]!, falsePositives[index]!);
    if (value > best) [best, chosen] = [value, threshold];
  });
  return chosen;
}

/** What a rule wants to be high, in whole numbers where it can, so that equal merits are equal. */
function meritOf(
  rule: OperatingRule,
  positives: number,
  negatives: number,
): (truePositives: number, falsePositives: number) => number {
  switch (rule.rule) {
    case "youden":
      return (tp, fp) => tp * negatives - fp * positives;
    case "f1":
      return (tp, fp) => 2 * tp / (tp + fp + positives);
    case "sensitivity":
      if (!(rule.sensitivity > 0 && rule.sensitivity <= 1)) {
        throw new RangeError(`The sensitivity ${rule.sensitivity} is not above 0 and at most 1`);
      }
      return (tp) => Number(tp / positives >= rule.sensitivity);
    case "cost":
      if (!(rule.costRatio > 0 && rule.costRatio < Infinity)) {
        throw new RangeError(`The cost ratio ${rule.costRatio} is not above 0`);
      }
      return (tp, fp) => rule.costRatio * tp - fp;
  }
}
