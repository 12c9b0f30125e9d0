import type { SaliencyMap } from "./baseline_maps.ts";

/** Cells that are lower than the highest by less than this fraction of the map's range are as high: float32 tells no more. */
const TIE = 1e-5;

/**
 * Where a saliency map is highest: the middle of the first of equally high cells, in cells from the upper left corner. Cells
 * are taken for equally high where only the rounding of the sums behind them may differ, so that the peak of an image
 * with repeated structure does not jump from run to run. Null for a map of one value, which points nowhere.
 */
export function peakOf({ values, width }: SaliencyMap): { x: number; y: number } | null {
  const cells = Float64Array.from(values);
  const low = cells.reduce((least, value) => Math.min(least, value), Infinity);
  const high = cells.reduce((most, value) => Math.max(most, value), -Infinity);
  if (low === high) return null;
  const cell = cells.findIndex((value) => value >= high - TIE * (high - low));
  return { x: cell % width + 0.5, y: Math.floor(cell / width) + 0.5 };
}
