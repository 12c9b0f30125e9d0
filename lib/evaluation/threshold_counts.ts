import { rankedScores } from "./score_order.ts";
import type { Weighted, WeightedScores } from "./weighted_scores.ts";

/**
 * What a label's thresholds separate; one element for each of k distinct scores, from the highest down. Images are
 * counted by their weights.
 */
export interface ThresholdCounts {
  /** [k] The distinct scores: an image is called positive where its score is at least the threshold. */
  thresholds: Float64Array;
  /** [k] Images with the finding that are called positive. */
  truePositives: Float64Array;
  /** [k] Images without the finding that are called positive. */
  falsePositives: Float64Array;
  /** All images with the finding. */
  positives: number;
  /** All images without the finding. */
  negatives: number;
}

/**
 * Counts what each threshold separates: the basis of every curve and of its area. Images with equal scores fall
 * together, so ties need no further care.
 *
 * @param truth 1 where an image has the finding, else 0.
 * @param scores As many scores; infinite ones are ordered as such.
 * @throws {RangeError} When the lengths differ or a score is NaN.
 */
export function thresholdCounts(
  truth: ArrayLike<number>,
  scores: ArrayLike<number>,
  { weights }: Weighted = {},
): ThresholdCounts {
  const counts = {
    thresholds: new Float64Array(scores.length),
    truePositives: new Float64Array(scores.length),
    falsePositives: new Float64Array(scores.length),
  };
  let groups = 0;
  const totals = walkThresholds({ truth, scores, weights }, (threshold, positives, negatives) => {
    counts.thresholds[groups] = threshold;
    counts.truePositives[groups] = positives;
    counts.falsePositives[groups] = negatives;
    groups++;
  });
  if (groups === scores.length) return { ...counts, ...totals };
  return {
    thresholds: counts.thresholds.slice(0, groups),
    truePositives: counts.truePositives.slice(0, groups),
    falsePositives: counts.falsePositives.slice(0, groups),
    ...totals,
  };
}

/**
 * Tells each distinct score from the highest down, with the images with the finding and without it that it calls positive,
 * and returns how many there are of both.
 *
 * @throws {RangeError} When the lengths differ or a score is NaN.
 */
export function walkThresholds(
  { truth, scores, weights }: WeightedScores,
  tell: (threshold: number, truePositives: number, falsePositives: number) => void,
): Pick<ThresholdCounts, "positives" | "negatives"> {
  if (truth.length !== scores.length) {
    throw new RangeError(`${truth.length} truths do not fit ${scores.length} scores`);
  }
  const { order, sorted } = rankedScores(scores);
  let [positives, negatives] = [0, 0];
  for (let rank = 0; rank < order.length; rank++) {
    const image = order[rank]!;
    const weight = weights ? weights[image]! : 1;
    if (truth[image]) positives += weight;
    else negatives += weight;
    if (sorted[rank + 1] !== sorted[rank]) tell(sorted[rank]!, positives, negatives);
  }
  return { positives, negatives };
}
