import type { LabelColumn } from "./predictions.ts";
import { descendingOrder } from "./descending_order.ts";

/** The AUC and the average precision of a resample; NaN where undefined. */
export interface ResampledAuc {
  /** The area under the ROC. */
  auc: number;
  /** Average precision. */
  averagePrecision: number;
}

/**
 * Prepares a label for a bootstrap over patients: images are sorted once, and what comes back gives the AUC
 * and the average precision of any resample in one pass over them, exact with ties. An image counts as often
 * as its patient was drawn.
 *
 * @param column The label's truth and scores.
 * @param ofImage The place of each image's patient in a resample.
 * @throws {RangeError} When a score is NaN.
 */
export function resampledAuc(
  { truth, scores }: Pick<LabelColumn, "truth" | "scores">,
  ofImage: ArrayLike<number>,
): (counts: Uint16Array) => ResampledAuc {
  const { sequence, ends } = sortedRuns(truth, scores, ofImage);
  const blocks = ends.length / 3;

  return (counts) => {
    let at = 0;
    let positives = 0;
    let negatives = 0;
    let twiceLost = 0;
    let precisions = 0;
    for (let block = 0; block < blocks; block++) {
      const above = ends[3 * block]!;
      const tied = ends[3 * block + 1]!;
      const end = ends[3 * block + 2]!;
      while (at < above) negatives += counts[sequence[at++]!]!;
      const negativesAbove = negatives;
      while (at < tied) negatives += counts[sequence[at++]!]!;
      let found = 0;
      while (at < end) found += counts[sequence[at++]!]!;
      if (found === 0) continue;
      positives += found;
      twiceLost += found * (negativesAbove + negatives);
      precisions += found * (positives / (positives + negatives));
    }
    while (at < sequence.length) negatives += counts[sequence[at++]!]!;
    return {
      auc: 1 - twiceLost / (2 * positives * negatives),
      averagePrecision: precisions / positives,
    };
  };
}

/** Images from the highest score down, as patients, cut into runs so that the pass needs no comparison. */
interface SortedRuns {
  /** [n] The place of each image's patient; within equal scores, images without the finding come first. */
  sequence: Uint32Array;
  /**
   * [3k] For each of k scores that a positive has: where the images without the finding and of higher scores
   * end, those of equal score, and the positives.
   */
  ends: Uint32Array;
}

function sortedRuns(truth: Uint8Array, scores: Float64Array, ofImage: ArrayLike<number>): SortedRuns {
  const order = descendingOrder(scores);
  const ends: number[] = [];
  for (let start = 0, end = 0; start < order.length; start = end) {
    while (end < order.length && scores[order[end]!] === scores[order[start]!]) end++;
    const tied = order.subarray(start, end).sort((a, b) => truth[a]! - truth[b]! || a - b);
    const negatives = tied.filter((image) => !truth[image]).length;
    if (negatives < tied.length) ends.push(start, start + negatives, end);
  }
  return { sequence: order.map((image) => ofImage[image]!), ends: Uint32Array.from(ends) };
}
