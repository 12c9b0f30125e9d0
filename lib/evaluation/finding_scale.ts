import { descendingOrder } from "./descending_order.ts";
import { logit } from "./logit.ts";
import { chooseThreshold, type OperatingRule } from "./operating_points.ts";
import { applyPlatt, fitPlatt, type Platt } from "./platt.ts";
import { labelColumn, type Predictions } from "./predictions.ts";
import { weightsOf } from "./weighted_scores.ts";

/** What a validation set says of a finding's scores: which probability they mean, and from which on it is called present. */
export interface FindingScale {
  /** The finding. */
  finding: string;
  /** Validation images with the finding, and without it. */
  positives: number;
  /** The number of validation images without it. */
  negatives: number;
  /** Why a score says nothing of a single image, as half a sentence; null where it does. */
  reason: string | null;
  /** Platt's scaling; null where there is a reason. */
  platt: Platt | null;
  /** The lowest score that is called positive, Infinity where none is; null where there is none. */
  threshold: number | null;
  /** The scores of all validation images, rising. */
  scores: Float64Array;
  /** [n] How many images those from the first score to each stand for. */
  cumulative: Float64Array;
}

/** What is to be said of a finding in one image. */
export interface FindingJudgement {
  /** The finding. */
  finding: string;
  /** The network's output, from 0 to 1: no probability where the loss weighs findings. */
  score: number;
  /** The calibrated probability; null where the validation set does not give one. */
  probability: number | null;
  /** The calibrated probability at the threshold, 1 where no image is called positive; null as well. */
  threshold: number | null;
  /** The score from which on the finding is called present, Infinity where it never is; null where there is none. */
  scoreThreshold: number | null;
  /** Whether the score reaches that; null where there is none. */
  isAbove: boolean | null;
  /** How far the probability, or without one the score, is above that, in log odds; negative below it; null as well. */
  excess: number | null;
  /**
   * The fraction of the validation images, by their weights, whose score is lower; those with the same count half; null
   * without any.
   */
  percentile: number | null;
}

/**
 * Fits what turns scores of single images into something that can be said. Probabilities are by Platt's scaling: a line
 * for each finding undoes the loss' weights, which a temperature for all does not, and stays smooth with a few
 * positives, where isotonic regression says 0 and 1. Where images with no finding were dropped from the validation set, those
 * that were kept count for the others, in probabilities, thresholds and percentiles.
 *
 * @param validation The network's predictions for images that it was not trained on.
 */
export function findingScales(validation: Predictions, rule: OperatingRule): FindingScale[] {
  const { labels, scores: all } = validation;
  const weights = weightsOf(validation, validation.images.length);
  return labels.map((finding, label) => {
    const { truth, scores, weights: sampled } = labelColumn(validation, label);
    const everyone = all.filter((_, i) => i % labels.length === label);
    const order = descendingOrder(everyone).reverse();
    let sum = 0;
    const positives = truth.reduce((sum, value) => sum + value, 0);
    const negatives = truth.length - positives;
    const platt = fitPlatt(truth, scores, { weights: sampled });
    const threshold = chooseThreshold(truth, scores, { ...rule, weights: sampled });
    const reason = positives === 0
      ? "no validation image has it"
      : negatives === 0
      ? "all validation images have it"
      : platt === null || !(platt.slope > 0)
      ? "its scores are no better than chance on the validation set"
      : null;
    return {
      finding,
      positives,
      negatives,
      reason,
      platt: reason === null ? platt : null,
      threshold: reason === null ? threshold : null,
      scores: Float64Array.from(order, (image) => everyone[image]!),
      cumulative: Float64Array.from(order, (image) => sum += weights[image]!),
    };
  });
}

/**
 * The scales of a network that came without a validation set: scores are no probabilities, and are compared with
 * nothing but thresholds that came with it.
 *
 * @param thresholds Of each finding the lowest score that is called positive; null for none.
 */
export function unvalidatedScales(
  findings: readonly string[],
  thresholds: readonly (number | null)[] | null,
): FindingScale[] {
  return findings.map((finding, label) => ({
    finding,
    positives: 0,
    negatives: 0,
    reason: "the run has no validation set",
    platt: null,
    threshold: thresholds?.[label] ?? null,
    scores: new Float64Array(),
    cumulative: new Float64Array(),
  }));
}

/** Judges a score by its finding's scale. */
export function judgeFinding(
  { finding, platt, threshold, scores, cumulative }: FindingScale,
  score: number,
): FindingJudgement {
  const below = (orEqual: boolean) => cumulative[countBelow(scores, score, orEqual) - 1] ?? 0;
  const percentile = scores.length === 0 ? null : (below(false) + below(true)) / 2 / cumulative.at(-1)!;
  const slope = platt?.slope ?? 1;
  return {
    finding,
    score,
    percentile,
    probability: platt === null ? null : applyPlatt(platt, score),
    threshold: platt === null || threshold === null
      ? null
      : threshold === Infinity
      ? 1
      : applyPlatt(platt, threshold),
    scoreThreshold: threshold,
    isAbove: threshold === null ? null : score >= threshold,
    excess: threshold === null
      ? null
      : threshold === Infinity
      ? -Infinity
      : slope * (logit(score) - logit(threshold)),
  };
}

/** Sorts judgements by how far they are above their thresholds; those without one come last. */
export function byExcess(judgements: readonly FindingJudgement[]): FindingJudgement[] {
  const rank = ({ excess }: FindingJudgement) => excess ?? -Infinity;
  return judgements.toSorted((a, b) =>
    Number(a.excess === null) - Number(b.excess === null) || compare(rank(b), rank(a)) ||
    compare(b.percentile ?? 0, a.percentile ?? 0) || compare(b.score, a.score)
  );
}

/** The sign of a difference; 0 of two infinities that are equal. */
function compare(a: number, b: number): number {
  return a === b ? 0 : a - b;
}

/** How many rising values are below a value, or not above it. */
function countBelow(values: Float64Array, value: number, orEqual: boolean): number {
  let [low, high] = [0, values.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle]! < value || orEqual && values[middle] === value) low = middle + 1;
    else high = middle;
  }
  return low;
}
