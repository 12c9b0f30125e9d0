import type { SaliencyMap } from "../evaluation/baseline_maps.ts";
import type { PerturbationScores } from "../evaluation/faithfulness.ts";
import { pixelOrder } from "../evaluation/pixel_order.ts";
import type { Random } from "../support/random.ts";
import { linearImputation } from "./linear_imputation.ts";

/** The deviation of the noise on pixels that were filled in, so that a network does not see them by their smoothness. */
const NOISE = 0.01;

/** How pixels are taken from images. */
export interface PerturbationOptions {
  /** Into how many steps deletion and insertion are divided. Default: 8. */
  steps?: number;
  /** The fractions of the pixels that ROAD removes. Default: 0.2, 0.4, 0.6 and 0.8. */
  removed?: readonly number[];
  /** The deviation of the noise on what ROAD fills in. Default: 0.01. */
  noise?: number;
  /** Breaks ties between pixels, and is the noise. */
  random: Random;
}

/** The defaults of {@linkcode PerturbationOptions}. */
export const PERTURBATION = { steps: 8, removed: [0.2, 0.4, 0.6, 0.8] } as const;

/** An image, and what a network says of images like it. */
export interface PerturbedImage {
  /** [size, size] in 0..1. */
  pixels: Float32Array;
  /** Its height and width. */
  size: number;
  /** The network's score, in 0..1, of each of some images for the finding that the map is of. */
  score(images: readonly Float32Array[]): Promise<ArrayLike<number>>;
}

/** A network's scores of an image from which pixels were taken. */
export interface PerturbationCurves {
  /** [steps + 1] As the map's highest pixels become the image's mean grey, from none to all. */
  deletion: number[];
  /** [steps + 1] As they come back. */
  insertion: number[];
  /** [removed] With so many of the highest pixels filled in from their neighbours. */
  withoutMost: number[];
  /** [removed] With so many of the lowest filled in. */
  withoutLeast: number[];
}

/** Takes an image's pixels away, and gives them back, in the order of a map of its size, and scores what is left. */
export async function perturbationCurves(
  { values }: SaliencyMap,
  { pixels, size, score }: PerturbedImage,
  { steps = PERTURBATION.steps, removed = PERTURBATION.removed, noise = NOISE, random }: PerturbationOptions,
): Promise<PerturbationCurves> {
  const order = pixelOrder(values, random);
  const grey = pixels.reduce((sum, value) => sum + value, 0) / pixels.length;
  const blank = new Float32Array(pixels.length).fill(grey);
  const counts = Array.from(
    { length: steps - 1 },
    (_, step) => Math.round((step + 1) * pixels.length / steps),
  );
  const filledIn = (missing: Uint32Array) => {
    const filled = linearImputation(pixels, missing, { size });
    for (const place of missing) filled[place]! += noise * random.normal();
    return filled;
  };
  const kept = removed.map((fraction) => pixels.length - removedPixels(fraction, pixels.length));
  const images = [
    pixels,
    blank,
    ...counts.map((count) => mixed(pixels, blank, order.subarray(0, count))),
    ...counts.map((count) => mixed(blank, pixels, order.subarray(0, count))),
    ...kept.map((count) => filledIn(order.subarray(0, pixels.length - count))),
    ...kept.map((count) => filledIn(order.subarray(count))),
  ];
  const [whole, nothing, ...scores] = Array.from(await score(images)) as [number, number, ...number[]];
  const next = (count: number) => scores.splice(0, count);
  return {
    deletion: [whole, ...next(steps - 1), nothing],
    insertion: [nothing, ...next(steps - 1), whole],
    withoutMost: next(removed.length),
    withoutLeast: next(removed.length),
  };
}

/** What curves come to: areas by the trapezoidal rule over fractions of the pixels, and ROAD's combined score. */
export function perturbationScores(
  { deletion, insertion, withoutMost, withoutLeast }: PerturbationCurves,
): PerturbationScores {
  const area = (curve: readonly number[]) =>
    curve.slice(1).reduce((sum, value, i) => sum + (value + curve[i]!) / 2, 0) / (curve.length - 1);
  const road = withoutLeast.reduce((sum, value, i) => sum + (value - withoutMost[i]!) / 2, 0);
  return { deletion: area(deletion), insertion: area(insertion), road: road / withoutLeast.length };
}

/** How many pixels a fraction of them is: those from the percentile on that pytorch-grad-cam removes them from. */
function removedPixels(fraction: number, pixels: number): number {
  return pixels - Math.ceil((1 - fraction) * (pixels - 1) - 1e-9);
}

/** An image with some pixels of another. */
function mixed(image: Float32Array, other: Float32Array, places: Uint32Array): Float32Array {
  const changed = image.slice();
  for (const place of places) changed[place] = other[place]!;
  return changed;
}
