import type { SaliencyMap } from "./baseline_maps.ts";

/** The side of the window that structural similarity is taken in, in cells. */
export const SSIM_WINDOW = 7;

/** The constants that keep structural similarity's quotients from 0, of a range of 1. */
const [LUMINANCE, CONTRAST] = [0.01 ** 2, 0.03 ** 2];

/**
 * Spearman's rank correlation of two maps, cell by cell, equal cells with their mean rank. Null where a map has one value
 * everywhere, which orders nothing.
 *
 * @throws {RangeError} Where the maps are not of one size.
 */
export function spearman(first: SaliencyMap, second: SaliencyMap): number | null {
  assertSameSize(first, second);
  const [a, b] = [meanRanks(first.values), meanRanks(second.values)];
  const middle = (a.length - 1) / 2;
  let [product, squaresA, squaresB] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i]! - middle, b[i]! - middle];
    product += x * y;
    squaresA += x * x;
    squaresB += y * y;
  }
  return squaresA === 0 || squaresB === 0 ? null : product / Math.sqrt(squaresA * squaresB);
}

/** The rank of each value from 0, equal ones with the mean of theirs. */
function meanRanks(values: ArrayLike<number>): Float64Array {
  const order = Uint32Array.from({ length: values.length }, (_, i) => i).sort((i, j) =>
    values[i]! - values[j]!
  );
  const ranks = new Float64Array(values.length);
  for (let start = 0, end = 0; start < order.length; start = end) {
    while (end < order.length && values[order[end]!] === values[order[start]!]) end++;
    for (let place = start; place < end; place++) ranks[order[place]!] = (start + end - 1) / 2;
  }
  return ranks;
}

/**
 * The mean structural similarity of two maps (Wang et al., "Image quality assessment: from error visibility to structural
 * similarity", 2004), in windows of 7x7 cells that lie within them, of the range that both have together. Null where
 * that is 0 or a side is shorter than a window.
 *
 * @throws {RangeError} Where the maps are not of one size.
 */
export function structuralSimilarity(first: SaliencyMap, second: SaliencyMap): number | null {
  assertSameSize(first, second);
  const { width, height } = first;
  if (Math.min(width, height) < SSIM_WINDOW) return null;
  const [a, b] = [first.values, second.values];
  let [low, high] = [Infinity, -Infinity];
  for (const values of [a, b]) {
    for (let i = 0; i < values.length; i++) {
      low = Math.min(low, values[i]!);
      high = Math.max(high, values[i]!);
    }
  }
  const range = high - low;
  if (range === 0) return null;
  const meansOf = (value: (i: number) => number) => windowMeans(value, { width, height });
  const [meanA, meanB] = [meansOf((i) => a[i]!), meansOf((i) => b[i]!)];
  const [meanAA, meanBB] = [meansOf((i) => a[i]! ** 2), meansOf((i) => b[i]! ** 2)];
  const meanAB = meansOf((i) => a[i]! * b[i]!);
  const sample = SSIM_WINDOW ** 2 / (SSIM_WINDOW ** 2 - 1);
  const [c1, c2] = [LUMINANCE * range ** 2, CONTRAST * range ** 2];
  let sum = 0;
  for (let i = 0; i < meanA.length; i++) {
    const [x, y] = [meanA[i]!, meanB[i]!];
    const [varianceA, varianceB] = [sample * (meanAA[i]! - x * x), sample * (meanBB[i]! - y * y)];
    const covariance = sample * (meanAB[i]! - x * y);
    sum += (2 * x * y + c1) * (2 * covariance + c2) /
      ((x * x + y * y + c1) * (varianceA + varianceB + c2));
  }
  return sum / meanA.length;
}

/** The mean of each window that lies within a map, by sums over rows and then over columns. */
function windowMeans(
  value: (cell: number) => number,
  { width, height }: Pick<SaliencyMap, "width" | "height">,
): Float64Array {
  const [across, down] = [width - SSIM_WINDOW + 1, height - SSIM_WINDOW + 1];
  const rows = new Float64Array(height * across);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < across; x++) {
      let sum = 0;
      for (let i = 0; i < SSIM_WINDOW; i++) sum += value(y * width + x + i);
      rows[y * across + x] = sum;
    }
  }
  const means = new Float64Array(down * across);
  for (let y = 0; y < down; y++) {
    for (let x = 0; x < across; x++) {
      let sum = 0;
      for (let i = 0; i < SSIM_WINDOW; i++) sum += rows[(y + i) * across + x]!;
      means[y * across + x] = sum / SSIM_WINDOW ** 2;
    }
  }
  return means;
}

function assertSameSize(first: SaliencyMap, second: SaliencyMap): void {
  if (first.width !== second.width || first.height !== second.height) {
    throw new RangeError(
      `A map of ${first.width}x${first.height} cannot be compared with one of ${second.width}x${second.height}`,
    );
  }
}
