import { betaQuantile } from "./beta_distribution.ts";
import { type Interval, type IntervalOptions, LEVEL } from "./interval.ts";
import type { PatientIndex } from "./patient_index.ts";
import type { Weighted } from "./weighted_scores.ts";

/** A proportion of images with its interval. */
export interface Proportion extends Interval {
  /** The proportion itself. */
  value: number;
}

/** Which images a proportion is of. */
export interface ProportionParts extends IntervalOptions, Weighted {
  /** The indices of the images. */
  images: ArrayLike<number>;
  /** Whether what is counted holds for an image. */
  holds: (image: number) => boolean;
}

/** The design effect of a cluster sample that is known beforehand weighs as much as so many patients. */
const PRIOR_PATIENTS = 48;

/**
 * A proportion of images of which patients may have several, with the exact interval of Clopper and Pearson (1934) of
 * as many independent images as are worth the same (Korn and Graubard, 1998). How many those are is told by the design
 * effect, that is by how much more the proportion varies with patients than with as many single images; from few
 * patients it cannot be told, and is drawn to what it is where all images of a patient are alike. Null where there are
 * no images.
 */
export function proportionOf(
  { images, weights, holds, level = LEVEL }: ProportionParts,
  { ofImage, count }: PatientIndex,
): Proportion | null {
  if (images.length === 0) return null;
  const [all, held] = [new Float64Array(count), new Float64Array(count)];
  let squares = 0;
  for (let place = 0; place < images.length; place++) {
    const image = images[place]!;
    const weight = weights?.[image] ?? 1;
    all[ofImage[image]!]! += weight;
    if (holds(image)) held[ofImage[image]!]! += weight;
    squares += weight * weight;
  }
  let [weight, whole, alikeSquares, patients] = [0, 0, 0, 0];
  for (let patient = 0; patient < count; patient++) {
    weight += all[patient]!;
    whole += held[patient]!;
    alikeSquares += all[patient]! * all[patient]!;
    if (all[patient]! > 0) patients++;
  }
  const value = Math.min(1, whole / weight);
  let variance = 0;
  for (let patient = 0; patient < count; patient++) {
    const moved = (held[patient]! - value * all[patient]!) / weight;
    variance += moved * moved;
  }
  const single = weight * weight / squares;
  const alike = alikeSquares / squares;
  const seen = value > 0 && value < 1 ? variance / (value * (1 - value) / single) : 0;
  const effect = seen + PRIOR_PATIENTS / (PRIOR_PATIENTS + patients - 1) * Math.max(0, alike - seen);
  const trials = single / Math.max(1, effect);
  const tail = (1 - level) / 2;
  return {
    value,
    low: value === 0 ? 0 : betaQuantile(tail, value * trials, (1 - value) * trials + 1),
    high: value === 1 ? 1 : betaQuantile(1 - tail, value * trials + 1, (1 - value) * trials),
  };
}

/** Images as if each were of another patient. */
export function eachImageAlone(images: number): PatientIndex {
  return { ofImage: Uint32Array.from({ length: images }, (_, image) => image), count: images };
}
