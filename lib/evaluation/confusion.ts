import { type Interval, type IntervalOptions } from "./interval.ts";
import { wilson } from "./wilson.ts";

/** A proportion with Wilson's interval, which takes the images as independent; null where it is of nothing. */
export interface Proportion extends Interval {
  /** The proportion itself. */
  value: number;
}

/** What a threshold does to the images of a label. */
export interface Confusion {
  /** Images with the finding that are called positive. */
  truePositives: number;
  /** Images without the finding that are called positive. */
  falsePositives: number;
  /** Images without the finding that are called negative. */
  trueNegatives: number;
  /** Images with the finding that are called negative. */
  falseNegatives: number;
  /** The part of the images with the finding that is called positive (recall). */
  sensitivity: Proportion | null;
  /** The part of the images without the finding that is called negative. */
  specificity: Proportion | null;
  /** The part of the images called positive that has the finding (positive predictive value). */
  precision: Proportion | null;
  /** The harmonic mean of precision and sensitivity; null where there is neither a positive nor a call of one. */
  f1: number | null;
}

/**
 * The confusion matrix of a label at a threshold, with what follows from it.
 *
 * @param truth 1 where an image has the finding, else 0.
 * @param scores As many scores.
 * @param threshold An image is called positive where its score is at least this.
 */
export function confusion(
  truth: ArrayLike<number>,
  scores: ArrayLike<number>,
  { threshold, ...options }: { threshold: number } & IntervalOptions,
): Confusion {
  const counts = [0, 0, 0, 0];
  for (let image = 0; image < truth.length; image++) {
    counts[2 * Number(truth[image] === 1) + Number(scores[image]! >= threshold)]!++;
  }
  const [trueNegatives, falsePositives, falseNegatives, truePositives] = counts as [
    number,
    number,
    number,
    number,
  ];
  const proportion = (part: number, rest: number): Proportion | null => {
    const interval = wilson(part, part + rest, options);
    return interval && { value: part / (part + rest), ...interval };
  };
  const called = 2 * truePositives + falsePositives + falseNegatives;
  return {
    truePositives,
    falsePositives,
    trueNegatives,
    falseNegatives,
    sensitivity: proportion(truePositives, falseNegatives),
    specificity: proportion(trueNegatives, falsePositives),
    precision: proportion(truePositives, falsePositives),
    f1: called === 0 ? null : 2 * truePositives / called,
  };
}
