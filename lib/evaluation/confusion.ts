import { imagesWhere } from "./images_where.ts";
import type { IntervalOptions } from "./interval.ts";
import type { PatientIndex } from "./patient_index.ts";
import { eachImageAlone, type Proportion, proportionOf } from "./proportion.ts";
import type { Weighted } from "./weighted_scores.ts";

/** What a threshold does to the images of a label; images are counted by their weights. */
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

/** How images are called positive, and how they are counted. */
export interface ConfusionOptions extends IntervalOptions, Weighted {
  /** An image is called positive where its score is at least this. */
  threshold: number;
  /** The images by patient, for the intervals; by default each is of another patient. */
  patients?: PatientIndex | undefined;
}

/**
 * The confusion matrix of a label at a threshold, with what follows from it.
 *
 * @param truth 1 where an image has the finding, else 0.
 * @param scores As many scores.
 */
export function confusion(
  truth: ArrayLike<number>,
  scores: ArrayLike<number>,
  { threshold, patients, weights, ...options }: ConfusionOptions,
): Confusion {
  const index = patients ?? eachImageAlone(truth.length);
  const isPositive = (image: number) => truth[image] === 1;
  const isCalled = (image: number) => scores[image]! >= threshold;
  const counts = [0, 0, 0, 0];
  const cells = new Uint8Array(truth.length);
  for (let image = 0; image < truth.length; image++) {
    cells[image] = 2 * Number(isPositive(image)) + Number(isCalled(image));
    counts[cells[image]!]! += weights?.[image] ?? 1;
  }
  const among = {
    positive: imagesWhere(cells, (cell) => cell >= 2),
    negative: imagesWhere(cells, (cell) => cell < 2),
    called: imagesWhere(cells, (cell) => cell % 2 === 1),
  };
  const [trueNegatives, falsePositives, falseNegatives, truePositives] = counts as [
    number,
    number,
    number,
    number,
  ];
  const proportion = (images: Uint32Array, holds: (image: number) => boolean) =>
    proportionOf({ images, holds, weights, ...options }, index);
  const called = 2 * truePositives + falsePositives + falseNegatives;
  return {
    truePositives,
    falsePositives,
    trueNegatives,
    falseNegatives,
    sensitivity: proportion(among.positive, isCalled),
    specificity: proportion(among.negative, (image) => !isCalled(image)),
    precision: proportion(among.called, isPositive),
    f1: called === 0 ? null : 2 * truePositives / called,
  };
}
