import { clustersByTruth } from "./clusters.ts";
import { rankedScores } from "./score_order.ts";
import { type Estimate, estimate } from "./estimate.ts";
import type { PatientIndex } from "./patient_index.ts";
import type { WeightedScores } from "./weighted_scores.ts";

/**
 * The AUC of images of which patients may have several, with its variance by DeLong's method for clusters (Obuchowski,
 * "Nonparametric Analysis of Clustered ROC Curve Data", Biometrics 53, 1997), which is DeLong's own where each patient
 * has one image. With weights, images count by them in every sum.
 *
 * What is known beforehand is halfway between two variances at the AUC drawn to one half: that of Hanley and McNeil (1982)
 * with Newcombe's (2006) mean of both kinds, and that of a finding which an image either shows plainly or not at all,
 * AUC (1 - AUC) by patient. Null where there are no positives or no negatives.
 *
 * @throws {RangeError} When the lengths differ or a score is NaN.
 */
export function estimateAuc(label: WeightedScores, index: PatientIndex): Estimate | null {
  const { truth, weights } = label;
  const { positives, negatives, all } = clustersByTruth(label, index);
  if (positives.weight === 0 || negatives.weight === 0) return null;
  const won = placements(label);
  const { ofImage, count } = index;
  let value = 0;
  for (let image = 0; image < won.length; image++) {
    if (truth[image]) value += weights ? weights[image]! * won[image]! : won[image]!;
  }
  value /= positives.weight;
  const ofPositives = new Float64Array(count);
  const ofNegatives = new Float64Array(count);
  for (let image = 0; image < won.length; image++) {
    const away = won[image]! - value;
    const moved = weights ? weights[image]! * away : away;
    if (truth[image]) ofPositives[ofImage[image]!]! += moved / positives.weight;
    else ofNegatives[ofImage[image]!]! += moved / negatives.weight;
  }
  const [p, n] = [correction(positives.patients), correction(negatives.patients)];
  const both = correction(all.patients);
  const [rootP, rootN] = [Math.sqrt(p), Math.sqrt(n)];
  const influence = new Float64Array(count);
  let variance = 0;
  for (let patient = 0; patient < count; patient++) {
    const [a, b] = [ofPositives[patient]!, ofNegatives[patient]!];
    influence[patient] = a * rootP + b * rootN;
    variance += p * a * a + n * b * b + 2 * both * a * b;
  }
  const drawn = (value * positives.effective + 0.5) / (positives.effective + 1);
  return estimate({
    value,
    influence,
    variance: Math.max(0, variance),
    prior: priorVariance(drawn, { positives: positives.effective, negatives: negatives.effective }),
    drawn,
    patients: Math.min(positives.patients, negatives.patients),
  });
}

/**
 * [n] For each image with the finding the fraction of the others that it beats, for each of the others the fraction
 * of those with the finding that beat it; a tie counts half.
 */
function placements({ truth, scores, weights }: WeightedScores): Float64Array {
  const { order, sorted } = rankedScores(scores);
  let [allPositive, allNegative] = [0, 0];
  for (let image = 0; image < order.length; image++) {
    const weight = weights ? weights[image]! : 1;
    if (truth[image]) allPositive += weight;
    else allNegative += weight;
  }
  const won = new Float64Array(order.length);
  let [positiveAbove, negativeAbove] = [0, 0];
  for (let start = 0, end = 0; start < order.length; start = end) {
    let [positiveHere, negativeHere] = [0, 0];
    for (; end < order.length && sorted[end] === sorted[start]; end++) {
      const image = order[end]!;
      const weight = weights ? weights[image]! : 1;
      if (truth[image]) positiveHere += weight;
      else negativeHere += weight;
    }
    const beats = (allNegative - negativeAbove - negativeHere / 2) / allNegative;
    const isBeaten = (positiveAbove + positiveHere / 2) / allPositive;
    for (let rank = start; rank < end; rank++) {
      const image = order[rank]!;
      won[image] = truth[image] ? beats : isBeaten;
    }
    positiveAbove += positiveHere;
    negativeAbove += negativeHere;
  }
  return won;
}

/** The variance of an AUC as it is thought of beforehand, of so many patients with one image each. */
export function priorVariance(
  auc: number,
  { positives, negatives }: { positives: number; negatives: number },
): number {
  return (rankVariance(auc, positives, negatives) + auc * (1 - auc) / Math.min(positives, negatives)) / 2;
}

function correction(patients: number): number {
  return patients > 1 ? patients / (patients - 1) : 1;
}

/** The variance of an AUC of exponential scores, the mean of that with the positives wider and that with the negatives. */
function rankVariance(auc: number, positives: number, negatives: number): number {
  const pairs = (auc / (2 - auc) + 2 * auc * auc / (1 + auc)) / 2 - auc * auc;
  return (auc * (1 - auc) + (positives - 1 + negatives - 1) * pairs) / (positives * negatives);
}
