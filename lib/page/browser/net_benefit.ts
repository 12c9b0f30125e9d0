import { DECISION_THRESHOLDS } from "../../evaluation/decision_curve.ts";
import { applyPlatt, type Platt } from "../../evaluation/platt.ts";
import type { OperatingPoints } from "./operating_point.ts";

/** Net benefit at a threshold probability, as a fraction of what a perfect test is worth. */
export interface NetBenefit {
  /** The threshold probability. */
  threshold: number;
  /** Of acting on probabilities from the threshold on. */
  network: number;
  /** Of acting on all images. */
  all: number;
}

/** Where a finding is, and how frequent. */
export interface NetBenefitOptions {
  /** What makes probabilities of scores where the finding is as frequent as in the validation set. */
  platt: Platt;
  /** The fraction of the validation images that have it. */
  own: number;
  /** How frequent it is where decisions are made: probabilities are moved there by Bayes' rule. */
  prevalence: number;
}

/** The decision curve of a finding from its operating points on the validation set (`decisionCurve` has it from images). */
export function netBenefits(
  { thresholds, sensitivity, specificity }: OperatingPoints,
  { platt, own, prevalence }: NetBenefitOptions,
): NetBenefit[] {
  return DECISION_THRESHOLDS.map((threshold) => {
    const odds = threshold / (1 - threshold);
    const ownOdds = odds * own * (1 - prevalence) / ((1 - own) * prevalence);
    const from = ownOdds / (1 + ownOdds);
    let point = 0;
    while (point + 1 < thresholds.length && applyPlatt(platt, thresholds[point + 1]!) >= from) point++;
    const price = (1 - prevalence) / prevalence * odds;
    return {
      threshold,
      network: sensitivity[point]! - price * (1 - specificity[point]!),
      all: 1 - price,
    };
  });
}
