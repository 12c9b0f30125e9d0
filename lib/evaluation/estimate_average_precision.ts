import { clustersOf } from "./clusters.ts";
import { scoreOrder } from "./score_order.ts";
import { type Estimate, estimate } from "./estimate.ts";
import type { PatientIndex } from "./patient_index.ts";
import { type WeightedScores, weightsOf } from "./weighted_scores.ts";

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
  const { truth, scores } = label;
  const weights = weightsOf(label, truth.length);
  const positives = clustersOf(weights.map((weight, image) => truth[image] ? weight : 0), index);
  const negatives = clustersOf(weights.map((weight, image) => truth[image] ? 0 : weight), index);
  if (positives.weight === 0) return null;
  const order = scoreOrder(scores);
  const { precision, called, others } = precisions(order, { truth, scores, weights });
  const total = (of: Float64Array) =>
    order.reduce((sum, image, rank) => truth[image] ? sum + weights[image]! * of[rank]! : sum, 0);
  const value = total(precision) / positives.weight;
  const influence = new Float64Array(index.count);
  let [ofPositive, ofNegative] = [0, 0];
  for (let start = order.length, end = order.length; end > 0; end = start) {
    while (start > 0 && scores[order[start - 1]!] === scores[order[end - 1]!]) {
      const image = order[--start]!;
      if (!truth[image]) continue;
      ofPositive += weights[image]! * (1 - precision[start]!) / called[start]!;
      ofNegative -= weights[image]! * precision[start]! / called[start]!;
    }
    for (let rank = start; rank < end; rank++) {
      const image = order[rank]!;
      const moved = truth[image] ? precision[rank]! - value + ofPositive : ofNegative;
      influence[index.ofImage[image]!]! += weights[image]! * moved / positives.weight;
    }
  }
  const drawn = (value * positives.effective + 0.5) / (positives.effective + 1);
  const { patients, effective } = positives;
  return estimate({
    value,
    drawn,
    influence,
    variance: influence.reduce((sum, own) => sum + own * own, 0) * patients / Math.max(1, patients - 1),
    prior: drawn * (1 - drawn) / effective,
    patients: negatives.weight === 0 ? 0 : patients,
    optimism: value - total(others) / positives.weight,
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

function precisions(
  order: Uint32Array,
  { truth, scores, weights }: WeightedScores & { weights: Float64Array },
): Precisions {
  const [precision, called, others] = [0, 1, 2].map(() => new Float64Array(order.length)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  let [all, found] = [0, 0];
  for (let start = 0, end = 0; start < order.length; start = end) {
    for (; end < order.length && scores[order[end]!] === scores[order[start]!]; end++) {
      const weight = weights[order[end]!]!;
      all += weight;
      if (truth[order[end]!]) found += weight;
    }
    for (let rank = start; rank < end; rank++) {
      const own = weights[order[rank]!]!;
      precision[rank] = found / all;
      called[rank] = all;
      others[rank] = all > own ? (found - own) / (all - own) : 0;
    }
  }
  return { precision, called, others };
}
