import { type Box, BOX_IMAGE_SIZE } from "../dataset/box.ts";
import type { SaliencyMap } from "./baseline_maps.ts";

/** How far a prior map is smoothed: the deviation of a Gaussian, as a fraction of the image's side. */
const SMOOTHING = 1 / 16;

/**
 * Where each finding's bounding boxes lie in other images, whatever the image at hand shows: the mean over boxes of what
 * each covers, smoothed by a Gaussian so that few boxes have a peak in their middle and not at a corner. A heat map that
 * hits no more often than this has told nothing of its image.
 *
 * @param boxes The boxes of the training set.
 * @param size Rows and columns of the maps.
 * @returns A map for each label that has a box.
 */
export function priorMaps(boxes: readonly Box[], { size }: { size: number }): Map<string, SaliencyMap> {
  const priors = new Map<string, SaliencyMap>();
  for (const [label, own] of Map.groupBy(boxes, ({ label }) => label)) {
    const covered = new Float64Array(size * size);
    for (const box of own) {
      const [left, right] = [box.x, box.x + box.width].map((edge) => edge * size / BOX_IMAGE_SIZE);
      const [top, bottom] = [box.y, box.y + box.height].map((edge) => edge * size / BOX_IMAGE_SIZE);
      for (let y = Math.max(0, Math.floor(top!)); y < Math.min(size, bottom!); y++) {
        const down = Math.min(bottom!, y + 1) - Math.max(top!, y);
        for (let x = Math.max(0, Math.floor(left!)); x < Math.min(size, right!); x++) {
          const across = Math.min(right!, x + 1) - Math.max(left!, x);
          covered[y * size + x]! += down * across / own.length;
        }
      }
    }
    priors.set(label, { values: smoothed(covered, size), width: size, height: size });
  }
  return priors;
}

/** A square map blurred by a Gaussian, row by row and column by column; beyond the border is nothing. */
function smoothed(values: Float64Array, size: number): Float64Array {
  const deviation = SMOOTHING * size;
  const reach = Math.ceil(3 * deviation);
  const kernel = Float64Array.from(
    { length: 2 * reach + 1 },
    (_, i) => Math.exp(-(((i - reach) / deviation) ** 2) / 2),
  );
  const total = kernel.reduce((sum, weight) => sum + weight, 0);
  const along = (from: Float64Array, cell: (line: number, place: number) => number) => {
    const into = new Float64Array(from.length);
    for (let line = 0; line < size; line++) {
      for (let place = 0; place < size; place++) {
        let sum = 0;
        for (let i = Math.max(0, place - reach); i <= Math.min(size - 1, place + reach); i++) {
          sum += kernel[i - place + reach]! * from[cell(line, i)]!;
        }
        into[cell(line, place)] = sum / total;
      }
    }
    return into;
  };
  return along(along(values, (row, column) => row * size + column), (column, row) => row * size + column);
}
