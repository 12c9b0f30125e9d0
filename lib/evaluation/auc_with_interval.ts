import { estimateAuc } from "./estimate_auc.ts";
import { intervalOf } from "./estimate.ts";
import { type IntervalOptions, LEVEL } from "./interval.ts";
import { indexPatients } from "./patient_index.ts";
import { eachImageAlone } from "./proportion.ts";
import type { Weighted } from "./weighted_scores.ts";

/** An AUC with its confidence interval. */
export interface AucWithInterval {
  /** The area under the ROC curve, 0 to 1. */
  auc: number;
  /** The lower bound of the interval; null with fewer than three patients with the finding, or without it. */
  low: number | null;
  /** The upper bound. */
  high: number | null;
}

/** How an AUC's interval is computed. */
export interface AucWithIntervalOptions extends IntervalOptions, Weighted {
  /** [n] The patient of each image; each image is another patient's by default. */
  patients?: ArrayLike<string | number> | undefined;
}

/**
 * The area under the ROC curve with its confidence interval, by DeLong's variance for clusters (Obuchowski, Biometrics
 * 53, 1997) and Wilson's score interval; {@linkcode estimateAuc} and {@linkcode intervalOf} say more. Null where there
 * are no positives or no negatives.
 *
 * @example
 * ```ts
 * import { aucWithInterval } from "./auc_with_interval.ts";
 *
 * aucWithInterval([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])?.auc; // 0.75
 * ```
 *
 * @param truth [n] 1 where an image has the finding, else 0.
 * @param scores [n] Higher where the finding is likelier.
 * @throws {RangeError} When the lengths differ or a score is NaN.
 */
export function aucWithInterval(
  truth: ArrayLike<number>,
  scores: ArrayLike<number>,
  { patients, weights, level = LEVEL }: AucWithIntervalOptions = {},
): AucWithInterval | null {
  if (patients && patients.length !== truth.length) {
    throw new RangeError(`${truth.length} images have ${patients.length} patients`);
  }
  const index = patients ? indexPatients(patients) : eachImageAlone(truth.length);
  const estimate = estimateAuc({ truth, scores, weights }, index);
  if (estimate === null) return null;
  const { low = null, high = null } = intervalOf(estimate, { level }) ?? {};
  return { auc: estimate.value, low, high };
}
