/** What a label's thresholds separate; one element for each of k distinct scores, from the highest down. */
export interface ThresholdCounts {
  /** [k] The distinct scores: an image is called positive where its score is at least the threshold. */
  thresholds: Float64Array;
  /** [k] Images with the finding that are called positive. */
  truePositives: Uint32Array;
  /** [k] Images without the finding that are called positive. */
  falsePositives: Uint32Array;
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
export function thresholdCounts(truth: ArrayLike<number>, scores: ArrayLike<number>): ThresholdCounts {
  if (truth.length !== scores.length) {
    throw new RangeError(`${truth.length} truths do not fit ${scores.length} scores`);
  }
  const order = descendingOrder(scores);
  const counts = {
    thresholds: new Float64Array(order.length),
    truePositives: new Uint32Array(order.length),
    falsePositives: new Uint32Array(order.length),
  };
  let groups = 0;
  let positives = 0;
  let negatives = 0;
  order.forEach((image, rank) => {
    if (truth[image]) positives++;
    else negatives++;
    const next = order[rank + 1];
    if (next !== undefined && scores[next] === scores[image]) return;
    counts.thresholds[groups] = scores[image]!;
    counts.truePositives[groups] = positives;
    counts.falsePositives[groups] = negatives;
    groups++;
  });
  return {
    thresholds: counts.thresholds.slice(0, groups),
    truePositives: counts.truePositives.slice(0, groups),
    falsePositives: counts.falsePositives.slice(0, groups),
    positives,
    negatives,
  };
}

/**
 * The indices of scores from the highest to the lowest; equal ones in their own order.
 *
 * @throws {RangeError} When a score is NaN, which has no place in an order.
 */
export function descendingOrder(scores: ArrayLike<number>): Uint32Array {
  const order = new Uint32Array(scores.length).map((_, index) => index);
  const invalid = order.find((index) => Number.isNaN(scores[index]));
  if (invalid !== undefined) throw new RangeError(`The score at index ${invalid} is NaN`);
  return order.sort((a, b) => {
    const left = scores[a]!;
    const right = scores[b]!;
    return left > right ? -1 : left < right ? 1 : a - b;
  });
}
