import { clustersByTruth } from "./clusters.ts";
import { rankedScores } from "./score_order.ts";
import { type Estimate, estimate } from "./estimate.ts";
import type { PatientIndex } from "./patient_index.ts";
import type { WeightedScores } from "./weighted_scores.ts";

/**
 * Average precision of images of which patients may have several, with its variance by the infinitesimal jackknife
 * (Efron, 1982): how far it moves when a patient's images weigh a little more. What is known beforehand is the variance
 * of a proportion of the patients with the finding, by which Boyd, Eng and Page (2013) make its interval. With few
 * positives it is too high, since each image counts in the precision that it is given; so the lower end of the interval
 * begins from the precision among the other images. Null where there are no positives.
 *
 * @throws {RangeError} When the lengths differ or a score is NaN.
 */
export function estimateAveragePrecision(label: WeightedScores, index: PatientIndex): Estimate | null {
  const { truth, scores, weights } = label;
  const { positives, negatives } = clustersByTruth(label, index);
  if (positives.weight === 0) return null;
  const { order, sorted } = rankedScores(scores);
  const { precision, called, others } = precisions(label);
  let [value, withoutItself] = [0, 0];
  for (let rank = 0; rank < order.length; rank++) {
    const image = order[rank]!;
    if (!truth[image]) continue;
    const weight = weights ? weights[image]! : 1;
    value += weight * precision[rank]!;
    withoutItself += weight * others[rank]!;
  }
  value /= positives.weight;
  const influence = new Float64Array(index.count);
  let [ofPositive, ofNegative] = [0, 0];
  for (let start = order.length, end = order.length; end > 0; end = start) {
    while (start > 0 && sorted[start - 1] === sorted[end - 1]) {
      const image = order[--start]!;
      if (!truth[image]) continue;
      const weight = weights ? weights[image]! : 1;
      ofPositive += weight * (1 - precision[start]!) / called[start]!;
      ofNegative -= weight * precision[start]! / called[start]!;
    }
    for (let rank = start; rank < end; rank++) {
      const image = order[rank]!;
      const moved = truth[image] ? precision[rank]! - value + ofPositive : ofNegative;
      influence[index.ofImage[image]!]! += (weights ? weights[image]! : 1) * moved / positives.weight;
    }
  }
  let squares = 0;
  for (let patient = 0; patient < index.count; patient++) {
    squares += influence[patient]! * influence[patient]!;
  }
  const drawn = (value * positives.effective + 0.5) / (positives.effective + 1);
  const { patients, effective } = positives;
  return estimate({
    value,
    drawn,
    influence,
    variance: squares * patients / Math.max(1, patients - 1),
    prior: drawn * (1 - drawn) / effective,
    patients: negatives.weight === 0 ? 0 : patients,
    optimism: value - withoutItself / positives.weight,
  });
}

/** What is called positive at the score of each image, from the highest score down; images of equal score together. */
interface Precisions {
  /** [n] The part of the images called positive that has the finding. */
  precision: Float64Array;
  /** [n] The weight of the images called positive. */
  called: Float64Array;
  /** [n] The precision without the image itself; 0 where it is the only one. */
  others: Float64Array;
}

function precisions({ truth, scores, weights }: WeightedScores): Precisions {
  const { order, sorted } = rankedScores(scores);
  const [precision, called, others] = [0, 1, 2].map(() => new Float64Array(order.length)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  let [all, found] = [0, 0];
  for (let start = 0, end = 0; start < order.length; start = end) {
    for (; end < order.length && sorted[end] === sorted[start]; end++) {
      const weight = weights ? weights[order[end]!]! : 1;
      all += weight;
      if (truth[order[end]!]) found += weight;
    }
    for (let rank = start; rank < end; rank++) {
      const own = weights ? weights[order[rank]!]! : 1;
      precision[rank] = found / all;
      called[rank] = all;
      others[rank] = all > own ? (found - own) / (all - own) : 0;
    }
  }
  return { precision, called, others };
}
