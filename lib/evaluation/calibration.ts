import type { IntervalOptions } from "./interval.ts";
import { membersOf } from "./members.ts";
import type { PatientIndex } from "./patient_index.ts";
import { eachImageAlone, type Proportion, proportionOf } from "./proportion.ts";
import type { Weighted } from "./weighted_scores.ts";

/** How many bins of equal width a reliability diagram and its error have. */
export const BINS = 15;

/** One bin of a reliability diagram. */
export interface ReliabilityBin {
  /** The lowest score of the bin. */
  from: number;
  /** Where the next bin begins; a score of 1 is in the last bin. */
  to: number;
  /** The number of images. */
  images: number;
  /** The mean score of the images; null in an empty bin. */
  score: number | null;
  /** The part of the images with the finding, which a calibrated score equals; null in an empty bin. */
  frequency: Proportion | null;
}

/** How far a label's scores are from probabilities. */
export interface Calibration {
  /** The mean squared difference of score and truth (Brier, 1950): 0 is perfect, prevalence (1 - prevalence) without skill. */
  brier: number;
  /**
   * The expected calibration error: the mean over images of |mean score - frequency| of their bin, with bins of
   * equal width (Naeini, Cooper and Hauskrecht, 2015).
   */
  expectedCalibrationError: number;
  /** The reliability diagram. */
  reliability: ReliabilityBin[];
}

/** How calibration is measured. */
export interface CalibrationOptions extends IntervalOptions, Weighted {
  /** The images by patient, for the intervals; by default each is of another patient. */
  patients?: PatientIndex | undefined;
}

/**
 * How well a label's scores serve as probabilities. Null where there are no images, or where a score is not
 * between 0 and 1, since it is then no probability.
 *
 * @param truth 1 where an image has the finding, else 0.
 * @param scores As many scores.
 */
export function calibration(
  truth: ArrayLike<number>,
  scores: ArrayLike<number>,
  { patients, weights, ...options }: CalibrationOptions = {},
): Calibration | null {
  if (!areProbabilities(scores)) return null;
  const bins = Array.from({ length: BINS }, () => ({
    weight: 0,
    scores: 0,
    positives: 0,
  }));
  const binOfImage = new Uint8Array(scores.length);
  let [squares, total] = [0, 0];
  for (let image = 0; image < scores.length; image++) {
    binOfImage[image] = binOf(scores[image]!);
    const bin = bins[binOfImage[image]!]!;
    const weight = weights?.[image] ?? 1;
    bin.weight += weight;
    bin.scores += weight * scores[image]!;
    bin.positives += weight * truth[image]!;
    squares += weight * (scores[image]! - truth[image]!) ** 2;
    total += weight;
  }
  const gaps = bins.reduce((sum, { scores, positives }) => sum + Math.abs(scores - positives), 0);
  const index = patients ?? eachImageAlone(truth.length);
  const holds = (image: number) => truth[image] === 1;
  const members = membersOf(binOfImage, BINS);
  return {
    brier: squares / total,
    expectedCalibrationError: gaps / total,
    reliability: bins.map(({ weight, scores }, bin) => ({
      from: bin / BINS,
      to: (bin + 1) / BINS,
      images: members[bin]!.length,
      score: members[bin]!.length === 0 ? null : scores / weight,
      frequency: proportionOf({ images: members[bin]!, holds, weights, ...options }, index),
    })),
  };
}

/** The bin of a score between 0 and 1. */
export function binOf(score: number): number {
  return Math.min(BINS - 1, Math.floor(score * BINS));
}

/** Whether there are scores and all are between 0 and 1. */
export function areProbabilities(scores: ArrayLike<number>): boolean {
  for (let image = 0; image < scores.length; image++) {
    if (!(scores[image]! >= 0 && scores[image]! <= 1)) return false;
  }
  return scores.length > 0;
}
