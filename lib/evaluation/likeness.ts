import { resize } from "../dataset/resize.ts";

/** What images are compared by: what a network sees in them, and how they are laid out. */
export interface Signature {
  /** [channels] The mean of each channel of the network's last feature map. */
  features: ArrayLike<number>;
  /** uint8 [LAYOUT_SIZE, LAYOUT_SIZE]: the image, very small. */
  layout: Uint8Array;
}

/** What images have to be like: some that a network was judged by, and how far those are from each other. */
export interface LikenessReference {
  /** The number of channels of the features. */
  channels: number;
  /** [n, channels] The direction of each reference image's features. */
  directions: Float32Array;
  /** [LAYOUT_SIZE, LAYOUT_SIZE] The mean reference image. */
  layout: Float32Array;
  /** The largest distance, and the lowest correlation of layouts, that reference images are taken to have. */
  limits: { distance: number; correlation: number };
}

/** How an image compares with the reference. */
export interface Likeness {
  /** The distance of its features, in limits: above 1 it is unlike the reference images. */
  distance: number;
  /** The correlation of its layout with the mean reference image, -1 to 1. */
  correlation: number;
  /** How it was probably transformed, such as "looks upside down"; null where it was not. */
  looks: string | null;
  /** What is wrong with it, as half a sentence; null where it is like the reference images. */
  problem: string | null;
}

/** Width and height of layouts in pixels. */
export const LAYOUT_SIZE = 16;

/** With fewer reference images nothing can be said. */
export const FEWEST_REFERENCES = 20;

/** The neighbour whose distance counts. */
const NEIGHBOUR = 5;

/** A limit is this many standard deviations from the reference images' mean. */
const DEVIATIONS = 4;

/** No limit is lower, however equal the reference images are. */
const CLOSEST = 1e-3;

/** How much more like a turned or inverted reference image an image has to be to be taken for one. */
const CLEARLY = 0.1;

/** The lowest correlation with it that counts. */
const ALIKE = 0.3;

const UNLIKE = "unlike the images that the network knows: it may be no frontal chest radiograph";

/** How an image may be transformed by mistake, and where each pixel of it then comes from. */
const TURNS: readonly { name: string; source: (x: number, y: number) => [x: number, y: number] }[] = [
  { name: "turned by a quarter", source: (x, y) => [y, LAYOUT_SIZE - 1 - x] },
  { name: "turned by a quarter", source: (x, y) => [LAYOUT_SIZE - 1 - y, x] },
  { name: "upside down", source: (x, y) => [LAYOUT_SIZE - 1 - x, LAYOUT_SIZE - 1 - y] },
  { name: "upside down", source: (x, y) => [x, LAYOUT_SIZE - 1 - y] },
];

/** The layout of an image [size, size]. */
export function layoutOf(pixels: Uint8Array, size: number): Uint8Array {
  return resize(pixels, { width: size, height: size, size: LAYOUT_SIZE, white: 255 });
}

/**
 * Learns what images are like from some that are as they should be. The distance of an image is that of its features'
 * direction to the fifth nearest reference image (after Sun et al., "Out-of-Distribution Detection with Deep Nearest
 * Neighbors", 2022), of square roots, so that a few strong channels do not decide (Hellinger's distance). Limits lie four
 * standard deviations from the mean of the reference images, each compared with the others.
 *
 * @returns null where there are fewer than {@linkcode FEWEST_REFERENCES}.
 */
export function fitLikeness(images: readonly Signature[]): LikenessReference | null {
  if (images.length < FEWEST_REFERENCES) return null;
  const channels = images[0]!.features.length;
  const directions = new Float32Array(images.length * channels);
  const layout = new Float32Array(LAYOUT_SIZE ** 2);
  images.forEach((image, i) => {
    directions.set(directionOf(image.features), i * channels);
    image.layout.forEach((value, pixel) => layout[pixel]! += value / images.length);
  });
  // Among the reference images, each is its own nearest one.
  const distances = images.map((_, i) =>
    distanceTo(directions, directions.subarray(i * channels, (i + 1) * channels), NEIGHBOUR + 1)
  );
  const correlations = images.map((image) => correlate(image.layout, layout));
  return {
    channels,
    directions,
    layout,
    limits: {
      distance: Math.max(CLOSEST, meanOf(distances) + DEVIATIONS * deviationOf(distances)),
      correlation: meanOf(correlations) - DEVIATIONS * deviationOf(correlations),
    },
  };
}

/** Compares an image with the reference. */
export function likenessOf(reference: LikenessReference, image: Signature): Likeness {
  const { directions, layout, limits } = reference;
  const distance = distanceTo(directions, directionOf(image.features), NEIGHBOUR) / limits.distance;
  const correlation = correlate(image.layout, layout);
  const turned = TURNS.map(({ name, source }) => ({
    name,
    value: correlate(image.layout, turn(layout, source)),
  }));
  const others = [{ name: "inverted, black where it should be white", value: -correlation }, ...turned];
  const nearest = others.reduce((best, other) => other.value > best.value ? other : best);
  const looks = nearest.value > correlation + CLEARLY && nearest.value > Math.max(ALIKE, limits.correlation)
    ? `looks ${nearest.name}`
    : null;
  const isUnlike = distance > 1 || looks === null && correlation < limits.correlation;
  const problem = isUnlike ? `${UNLIKE}${looks === null ? "" : ` (it ${looks})`}` : looks;
  return { distance, correlation, looks, problem };
}

function directionOf(features: ArrayLike<number>): Float32Array {
  const roots = Float32Array.from(features, (value) => Math.sqrt(Math.max(0, value)));
  const length = Math.sqrt(roots.reduce((sum, value) => sum + value * value, 0));
  return length === 0 ? roots : roots.map((value) => value / length);
}

/** The distance to the nth nearest of several directions, by their inner products. */
function distanceTo(directions: Float32Array, direction: Float32Array, nth: number): number {
  const nearest = new Float64Array(nth).fill(Infinity);
  for (let start = 0; start < directions.length; start += direction.length) {
    let product = 0;
    for (let i = 0; i < direction.length; i++) product += directions[start + i]! * direction[i]!;
    const squared = Math.max(0, 2 - 2 * product);
    if (squared >= nearest[nth - 1]!) continue;
    nearest[nth - 1] = squared;
    nearest.sort();
  }
  return Math.sqrt(nearest[nth - 1]!);
}

/** Pearson's correlation; 0 where an image has one value only. */
function correlate(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const [meanA, meanB] = [meanOf(a), meanOf(b)];
  let [both, squaresA, squaresB] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i]! - meanA, b[i]! - meanB];
    both += x * y;
    squaresA += x * x;
    squaresB += y * y;
  }
  return squaresA === 0 || squaresB === 0 ? 0 : both / Math.sqrt(squaresA * squaresB);
}

function turn(layout: Float32Array, source: (x: number, y: number) => [number, number]): Float32Array {
  return layout.map((_, pixel) => {
    const [x, y] = source(pixel % LAYOUT_SIZE, Math.floor(pixel / LAYOUT_SIZE));
    return layout[y * LAYOUT_SIZE + x]!;
  });
}

function meanOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
}

function deviationOf(values: readonly number[]): number {
  const mean = meanOf(values);
  return Math.sqrt(meanOf(values.map((value) => (value - mean) ** 2)));
}
