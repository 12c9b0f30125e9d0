import type { PatientIndex } from "./patient_index.ts";
import { type WeightedScores, weightsOf } from "./weighted_scores.ts";

/** Scores of calibration images of one class, by patient: a step function. */
export interface ClassScores {
  /** The number of patients with images of the class. */
  patients: number;
  /** [k] The distinct scores of the class, from the most typical of it to the least. */
  scores: Float64Array;
  /** [k] The sum over patients of the fraction of their images of the class that are no more typical than this score. */
  beyond: Float64Array;
}

/** What conformal prediction knows of a label: how high the scores of either class are on calibration images. */
export interface Conformal {
  /** Images with the finding. */
  present: ClassScores;
  /** Images without it. */
  absent: ClassScores;
}

/** Either answer to whether an image has a finding. */
export type Answer = "present" | "absent";

/**
 * Fits conformal prediction of a label on calibration images, those of the validation set, each class by itself (Mondrian:
 * Vovk, Gammerman and Shafer, "Algorithmic Learning in a Random World", 2005), so that a rare finding's sets hold too. A
 * patient's images of a class share one patient's weight (Lee, Barber and Willett, "Distribution-free Inference with
 * Hierarchical Data", 2023), since only patients are exchangeable; weights tell them apart within a patient. Null where
 * one of the classes has no images.
 *
 * @throws {RangeError} When a score is NaN.
 */
export function fitConformal(label: WeightedScores, patients: PatientIndex): Conformal | null {
  const [present, absent] = [classScores(label, patients, 1), classScores(label, patients, 0)];
  return present && absent && { present, absent };
}

function classScores(
  label: WeightedScores,
  { ofImage, count }: PatientIndex,
  kind: 0 | 1,
): ClassScores | null {
  const { truth, scores } = label;
  const weights = weightsOf(label, truth.length);
  const images = Array.from({ length: truth.length }, (_, image) => image).filter((i) => truth[i] === kind);
  if (images.some((image) => Number.isNaN(scores[image]))) throw new RangeError("A score is NaN");
  const own = new Float64Array(count);
  for (const image of images) own[ofImage[image]!]! += weights[image]!;
  const sign = kind === 1 ? -1 : 1;
  images.sort((a, b) => sign * (scores[b]! - scores[a]!));
  // From the least typical on: of images with the finding those are the lowest scores.
  const [distinct, beyond]: number[][] = [[], []];
  let sum = 0;
  images.forEach((image, rank) => {
    sum += weights[image]! / own[ofImage[image]!]!;
    const next = images[rank + 1];
    if (next !== undefined && scores[next] === scores[image]) return;
    distinct!.push(scores[image]!);
    beyond!.push(sum);
  });
  if (images.length === 0) return null;
  return {
    patients: own.reduce((sum, weight) => sum + Number(weight > 0), 0),
    scores: Float64Array.from(distinct!.toReversed()),
    beyond: Float64Array.from(beyond!.toReversed()),
  };
}

/**
 * The p-value of an answer for an image of a score: of calibration patients with that answer, and the image's own, the
 * fraction that is no more typical of it. Of images that have the answer it is at most a with a probability of at most a.
 */
export function conformalPValue(conformal: Conformal, answer: Answer, score: number): number {
  const { patients, scores, beyond } = conformal[answer];
  const isMoreTypical = answer === "present" ? (own: number) => own > score : (own: number) => own < score;
  let [low, high] = [0, scores.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isMoreTypical(scores[middle]!)) low = middle + 1;
    else high = middle;
  }
  return ((beyond[low] ?? 0) + 1) / (patients + 1);
}

/** Sums of fractions may miss a whole number by their last bits. */
const ROUNDING = 1e-9;

/**
 * The least typical score at which an answer is still in the set of a level: images with the finding are covered from that
 * score up, those without it up to that score, each in a fraction of `level` at least. Null where every image's set has
 * the answer, as there are too few patients to leave it out of any.
 */
export function conformalLimit(conformal: Conformal, answer: Answer, level: number): number | null {
  const { patients, scores, beyond } = conformal[answer];
  const isIn = (sum: number) => (sum + 1) / (patients + 1) > 1 - level + ROUNDING;
  if (isIn(0)) return null;
  return scores.findLast((_, i) => isIn(beyond[i]!)) ?? null;
}

/** The fewest patients of a class with which its answer can be left out of a set of a level. */
export function fewestPatients(level: number): number {
  return Math.ceil(1 / (1 - level) - ROUNDING) - 1;
}
