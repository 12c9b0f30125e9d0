import type { GreyImage } from "./grey_image.ts";

/** For each pixel of the result along one axis: the first source pixel, and how much each from there on weighs. */
interface Taps {
  first: Int32Array;
  count: number;
  /** `count` a pixel of the result; they add up to less than 1 where some would lie outside of the source. */
  weights: Float64Array;
}

/** How many standard deviations from its centre a Gaussian is cut off. */
const TRUNCATED = 4;

/**
 * Resizes a square grey image as scikit-image's `resize(mode="constant")` does, on values that are brought to -1 (black)
 * to 1 (white) before: torchxrayvision's `normalize` and `XRayResizer`, but for its factor of 1024. An axis that shrinks
 * by f is smoothed by a Gaussian of a standard deviation of (f - 1) / 2, cut off at four of them, then sampled linearly
 * between pixel centres. What lies outside of the image counts as 0, a middle grey.
 *
 * @returns [size, size] from -1 to 1.
 */
export function smoothedResize({ values, width: side, white }: GreyImage, size: number): Float32Array {
  const { first, count, weights } = tapsOf(side, size);
  const scaled = Float64Array.from({ length: white + 1 }, (_, value) => 2 * value / white - 1);
  const rows = new Float64Array(side * size);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < size; x++) {
      const from = y * side + first[x]!;
      let sum = 0;
      for (let k = 0; k < count; k++) sum += weights[x * count + k]! * scaled[values[from + k]!]!;
      rows[y * size + x] = sum;
    }
  }
  const result = new Float32Array(size * size);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      let sum = 0;
      for (let k = 0; k < count; k++) sum += weights[y * count + k]! * rows[(first[y]! + k) * size + x]!;
      result[y * size + x] = sum;
    }
  }
  return clip(result, rangeOf(values, scaled));
}

function tapsOf(length: number, size: number): Taps {
  const factor = length / size;
  const gaussian = gaussianOf(Math.max(0, (factor - 1) / 2));
  const radius = gaussian.length >> 1;
  const count = Math.min(length, gaussian.length + 1);
  const first = new Int32Array(size);
  const weights = new Float64Array(size * count);
  for (let i = 0; i < size; i++) {
    const centre = (i + 0.5) * factor - 0.5;
    const below = Math.floor(centre);
    first[i] = Math.max(0, Math.min(below - radius, length - count));
    for (const [pixel, weight] of [[below, 1 - (centre - below)], [below + 1, centre - below]] as const) {
      if (pixel < 0 || pixel >= length) continue;
      gaussian.forEach((share, offset) => {
        const source = pixel - radius + offset;
        if (source >= 0 && source < length) weights[i * count + source - first[i]!]! += weight * share;
      });
    }
  }
  return { first, count, weights };
}

/** The weights of a Gaussian, its centre in the middle. */
function gaussianOf(deviation: number): Float64Array {
  const radius = Math.floor(TRUNCATED * deviation + 0.5);
  if (radius === 0) return Float64Array.of(1);
  const weights = Float64Array.from(
    { length: 2 * radius + 1 },
    (_, i) => Math.exp(-0.5 * ((i - radius) / deviation) ** 2),
  );
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

function rangeOf(values: GreyImage["values"], scaled: Float64Array): { low: number; high: number } {
  let [low, high] = [values[0]!, values[0]!];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return { low: scaled[low]!, high: scaled[high]! };
}

/** Keeps values within the source's range, widened to 0 where the edges were drawn past that. */
function clip(values: Float32Array, { low, high }: { low: number; high: number }): Float32Array {
  const isPast = (values.some((value) => value <= 0)) && values.some((value) => value >= 0);
  const [least, most] = isPast ? [Math.min(low, 0), Math.max(high, 0)] : [low, high];
  return values.map((value) => Math.max(least, Math.min(value, most)));
}
