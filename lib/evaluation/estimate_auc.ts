import { clustersOf } from "./clusters.ts";
import { scoreOrder } from "./score_order.ts";
import { type Estimate, estimate } from "./estimate.ts";
import type { PatientIndex } from "./patient_index.ts";
import { type WeightedScores, weightsOf } from "./weighted_scores.ts";

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
  const { truth, scores } = label;
  const weights = weightsOf(label, truth.length);
  const positive = weights.map((weight, image) => truth[image] ? weight : 0);
  const negative = weights.map((weight, image) => truth[image] ? 0 : weight);
  const positives = clustersOf(positive, index);
  const negatives = clustersOf(negative, index);
  if (positives.weight === 0 || negatives.weight === 0) return null;
  const won = placements(scores, positive, negative);
  let value = 0;
  for (let image = 0; image < won.length; image++) value += positive[image]! * won[image]!;
  value /= positives.weight;
  const ofPositives = new Float64Array(index.count);
  const ofNegatives = new Float64Array(index.count);
  for (let image = 0; image < won.length; image++) {
    const patient = index.ofImage[image]!;
    ofPositives[patient]! += positive[image]! * (won[image]! - value) / positives.weight;
    ofNegatives[patient]! += negative[image]! * (won[image]! - value) / negatives.weight;
  }
  const [p, n] = [correction(positives.patients), correction(negatives.patients)];
  const both = correction(clustersOf(weights, index).patients);
  const influence = ofPositives.map((own, patient) =>
    own * Math.sqrt(p) + ofNegatives[patient]! * Math.sqrt(n)
  );
  let variance = 0;
  for (let patient = 0; patient < index.count; patient++) {
    const [a, b] = [ofPositives[patient]!, ofNegatives[patient]!];
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
function placements(scores: ArrayLike<number>, positive: Float64Array, negative: Float64Array): Float64Array {
  const order = scoreOrder(scores);
  const total = (of: Float64Array) => of.reduce((sum, weight) => sum + weight, 0);
  const [allPositive, allNegative] = [total(positive), total(negative)];
  const won = new Float64Array(order.length);
  let [positiveAbove, negativeAbove] = [0, 0];
  for (let start = 0, end = 0; start < order.length; start = end) {
    let [positiveHere, negativeHere] = [0, 0];
    while (end < order.length && scores[order[end]!] === scores[order[start]!]) {
      positiveHere += positive[order[end]!]!;
      negativeHere += negative[order[end++]!]!;
    }
    const beats = (allNegative - negativeAbove - negativeHere / 2) / allNegative;
    const isBeaten = (positiveAbove + positiveHere / 2) / allPositive;
    for (let rank = start; rank < end; rank++) {
      const image = order[rank]!;
      won[image] = positive[image]! > 0 ? beats : isBeaten;
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
