import { type ChestShape, midline } from "../anatomy.ts";
import type { Chest } from "../chest.ts";
import { ramp } from "../paint.ts";

/** Draws heart, aorta and mediastinum, which take the place of air. */
export function drawHeart({ size, shape, air, tissue }: Chest): void {
  const borders = heartBorders(shape);
  const top = borders.left[0]![0]!;
  const bottom = borders.left.at(-1)![0]!;
  for (let row = 0; row < size; row++) {
    const y = (row + 0.5) / size;
    const left = at(borders.left, y);
    const right = at(borders.right, y);
    if (left === 0) continue;
    const fade = ramp(y, top, top + 0.1) * ramp(-y, -bottom, 0.07 - bottom);
    const middle = midline(shape, y) + shape.shift * ramp(y, 0.15, 0.5);
    const first = Math.max(0, Math.floor((middle - right - 0.02) * size));
    const last = Math.min(size - 1, Math.ceil((middle + left + 0.02) * size));
    for (let column = first; column <= last; column++) {
      const x = (column + 0.5) / size - middle;
      const depth = x > 0 ? 1 - x / left : 1 + x / right;
      const share = ramp(x > 0 ? left - x : right + x, -0.008, 0.012);
      const i = row * size + column;
      air[i]! *= 1 - share * (0.8 + 0.16 * ramp(depth, 0, 0.35));
      tissue[i]! += fade * share * (0.05 + 0.14 * ramp(depth, 0, 0.7));
    }
  }
}

/** How far heart and great vessels reach to either side, as points (height, distance) from the top down. */
function heartBorders({ heart, aorta, mediastinum, lungs: [right, left] }: ChestShape) {
  const top = right.apex - 0.12;
  const knob = left.apex + 0.135;
  const bottom = (right.dome + left.dome) / 2 + 0.05;
  const height = Math.min(heart.height, 1.5 * (bottom - knob - 0.1));
  const waist = bottom - height;
  return {
    left: [
      [top, 0.8 * mediastinum],
      [knob - 0.05, 0.85 * mediastinum],
      [knob, mediastinum + aorta],
      [knob + 0.05, mediastinum + 0.3 * aorta],
      [Math.max(knob + 0.08, waist), mediastinum + 0.35 * aorta + 0.06 * heart.left],
      [bottom - 0.62 * height, 0.62 * heart.left + 0.01],
      [bottom - 0.36 * height, 0.89 * heart.left],
      [bottom - 0.15 * height, heart.left],
      [bottom + 0.01, 0.95 * heart.left],
      [bottom + 0.06, 0.7 * heart.left],
    ],
    right: [
      [top, 0.7 * mediastinum],
      [knob - 0.05, 0.85 * mediastinum],
      [Math.max(knob, waist), 0.92 * mediastinum],
      [bottom - 0.68 * height, 0.78 * heart.right],
      [bottom - 0.4 * height, heart.right],
      [bottom - 0.12 * height, 0.9 * heart.right],
      [bottom + 0.06, 0.62 * heart.right],
    ],
  };
}

/** The value at a height of a smooth curve through points (height, value); 0 above the first and below the last. */
function at(points: readonly number[][], y: number): number {
  for (let k = 0; k + 1 < points.length; k++) {
    const [y0, a] = points[k] as [number, number];
    const [y1, b] = points[k + 1] as [number, number];
    if (y < y0 || y >= y1) continue;
    const before = points[k - 1]?.[1] ?? a;
    const after = points[k + 2]?.[1] ?? b;
    const t = (y - y0) / (y1 - y0);
    const slopes = [(b - before) / 2, (after - a) / 2] as const;
    const cubic = 2 * a - 2 * b + slopes[0] + slopes[1];
    const square = 3 * (b - a) - 2 * slopes[0] - slopes[1];
    return a + t * (slopes[0] + t * (square + t * cubic));
  }
  return 0;
}
