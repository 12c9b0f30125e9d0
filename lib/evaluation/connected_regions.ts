/** A rectangle in a grid. */
export interface Rectangle {
  /** The left edge. */
  x: number;
  /** The upper edge. */
  y: number;
  /** The width. */
  width: number;
  /** The height. */
  height: number;
}

/**
 * The rectangles around the connected regions of a mask, in cells, from the topmost region down. Cells that touch at
 * a corner are connected (8-connected).
 *
 * @param mask [height, width] Row by row: 1 where a cell belongs to a region, else 0.
 */
export function connectedRegions(mask: ArrayLike<number>, width: number): Rectangle[] {
  const seen = new Uint8Array(mask.length);
  const regions: Rectangle[] = [];
  for (let start = 0; start < mask.length; start++) {
    if (!mask[start] || seen[start]) continue;
    let [left, right, top, bottom] = [width, 0, mask.length, 0];
    const open = [start];
    seen[start] = 1;
    for (let cell = open.pop(); cell !== undefined; cell = open.pop()) {
      const x = cell % width;
      const y = Math.floor(cell / width);
      left = Math.min(left, x);
      right = Math.max(right, x);
      top = Math.min(top, y);
      bottom = Math.max(bottom, y);
      for (let row = Math.max(0, y - 1); row <= y + 1; row++) {
        for (let column = Math.max(0, x - 1); column <= Math.min(width - 1, x + 1); column++) {
          const next = row * width + column;
          if (mask[next] && !seen[next]) {
            seen[next] = 1;
            open.push(next);
          }
        }
      }
    }
    regions.push({ x: left, y: top, width: right - left + 1, height: bottom - top + 1 });
  }
  return regions;
}
