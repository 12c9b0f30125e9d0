import { areProbabilities } from "../calibration.ts";
import { decisionCurve, type DecisionPoint } from "../decision_curve.ts";
import { applyPlatt, type Platt } from "../platt.ts";
import type { LabelColumn } from "../predictions.ts";
import { settled } from "../score_order.ts";
import type { WeightedScores } from "../weighted_scores.ts";
import type { LabelContext } from "./label_context.ts";

/** What acting on a label's probabilities is worth. */
export interface LabelDecisions {
  /** The decision curve; null where there are no probabilities, no positives or no negatives. */
  decisions: {
    /** What the probabilities are: Platt's scaling of the scores, as the validation set fitted it, or the scores. */
    probabilities: "platt" | "raw";
    /** The curve at the images' own prevalence. */
    curve: DecisionPoint[];
  } | null;
}

/** The decision curve of a label's probabilities. */
export function labelDecisions({ column, recalibrated, patients, level }: LabelContext): LabelDecisions {
  const known = probabilitiesOf(column, recalibrated.platt);
  const curve = known && decisionCurve(known.column, { patients, level });
  return { decisions: curve && { probabilities: known.probabilities, curve } };
}

/**
 * A label's scores as probabilities: by Platt's scaling where it was fitted and rises with the score, else as they are.
 * Null where those are no probabilities.
 */
export function probabilitiesOf(
  column: LabelColumn,
  platt: Platt | null,
): { probabilities: "platt" | "raw"; column: WeightedScores } | null {
  if (column.scores.length === 0) return null;
  if (platt !== null && platt.slope > 0) {
    const scores = settled(column.scores.map((score) => applyPlatt(platt, score)));
    return { probabilities: "platt", column: { ...column, scores } };
  }
  return areProbabilities(column.scores) ? { probabilities: "raw", column } : null;
}
