import { BOX_IMAGE_SIZE } from "../dataset/box.ts";
import type { Rectangle } from "./connected_regions.ts";

/** The fraction of a 1024x1024 image that boxes cover together: how often a random point of it is in one. */
export function coveredShare(boxes: readonly Rectangle[]): number {
  const edges = (all: number[]) => [...new Set(all)].sort((a, b) => a - b);
  const xs = edges(boxes.flatMap(({ x, width }) => [x, x + width]));
  const ys = edges(boxes.flatMap(({ y, height }) => [y, y + height]));
  let area = 0;
  for (const [i, left] of xs.slice(0, -1).entries()) {
    for (const [j, top] of ys.slice(0, -1).entries()) {
      const isCovered = boxes.some(({ x, y, width, height }) =>
        x <= left && left < x + width && y <= top && top < y + height
      );
      if (isCovered) area += (xs[i + 1]! - left) * (ys[j + 1]! - top);
    }
  }
  return area / BOX_IMAGE_SIZE ** 2;
}
