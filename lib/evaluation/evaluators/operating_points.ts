import { type Confusion, confusion } from "../confusion.ts";
import { chooseThreshold, OPERATING_RULES, type OperatingRule } from "../operating_points.ts";
import type { LabelContext } from "./label_context.ts";

/** A threshold chosen on the validation set, or given, and what it does to the images that are scored. */
export interface OperatingPoint {
  /** How it was chosen; `given` for one that came with the network. */
  rule: OperatingRule | { rule: "given" };
  /** An image is called positive where its score is at least this; null where no score is, however high. */
  threshold: number | null;
  /** What it does; null where the validation set has no positives or no negatives to choose by. */
  confusion: Confusion | null;
}

/** What thresholds do. */
export interface LabelOperatingPoints {
  /** What thresholds that the validation set chose do here, or one that was given; empty without either. */
  operatingPoints: OperatingPoint[];
}

/** What each rule's threshold of the validation set does to a label's images; without that set, a given one. */
export function labelOperatingPoints(context: LabelContext): LabelOperatingPoints {
  const { column: { truth, scores, weights }, validation, threshold: given, level, patients } = context;
  const at = (threshold: number) => confusion(truth, scores, { threshold, weights, level, patients });
  if (validation === null) {
    const isGiven = given !== null && truth.length > 0;
    return {
      operatingPoints: isGiven ? [{ rule: { rule: "given" }, threshold: given, confusion: at(given) }] : [],
    };
  }
  return {
    operatingPoints: OPERATING_RULES.map((rule) => {
      const threshold = chooseThreshold(validation.column.truth, validation.column.scores, {
        ...rule,
        weights: validation.column.weights,
      });
      return {
        rule,
        threshold: threshold === Infinity ? null : threshold,
        confusion: threshold === null ? null : at(threshold),
      };
    }),
  };
}
