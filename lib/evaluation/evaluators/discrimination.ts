import { auc } from "../auc.ts";
import { averagePrecision } from "../average_precision.ts";
import { intervalOf } from "../estimate.ts";
import type { Interval } from "../interval.ts";
import type { LabelContext } from "./label_context.ts";

/** How well a label's scores tell images with the finding from those without. */
export interface LabelDiscrimination {
  /** The area under the ROC; null without positives or negatives. */
  auc: number | null;
  /** Its interval. */
  aucInterval: Interval | null;
  /** Average precision; null without positives. */
  averagePrecision: number | null;
  /** Its interval. */
  averagePrecisionInterval: Interval | null;
}

/** The areas under a label's ROC and precision-recall curves. */
export function labelDiscrimination({ column, estimates, level }: LabelContext): LabelDiscrimination {
  const { truth, scores } = column;
  return {
    auc: auc(truth, scores, column),
    aucInterval: estimates.auc && intervalOf(estimates.auc, { level }),
    averagePrecision: averagePrecision(truth, scores, column),
    averagePrecisionInterval: estimates.averagePrecision && intervalOf(estimates.averagePrecision, { level }),
  };
}
