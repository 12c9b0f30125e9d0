import { midline } from "../anatomy.ts";
import type { Chest } from "../chest.ts";
import { ramp } from "../paint.ts";

/** Draws the trunk, the neck and the arms: the thickness of soft tissue. */
export function drawBody({ size, shape, tissue }: Chest): void {
  const armpit = 0.27 + shape.shoulders;
  const trunk = shape.trunk + 0.05 * shape.bulk;
  for (let row = 0; row < size; row++) {
    const y = (row + 0.5) / size;
    const middle = midline(shape, y);
    const half = 0.1 + 0.02 * shape.bulk + 0.55 * ramp(y, shape.shoulders - 0.14, shape.shoulders + 0.1);
    const depth = 0.72 + 0.18 * shape.bulk + 0.22 * ramp(y, 0.1, 0.95);
    const gap = Math.max(0, 0.3 * (y - armpit));
    const joined = 1 - ramp(gap, 0, 0.02);
    for (let column = 0; column < size; column++) {
      const distance = Math.abs((column + 0.5) / size - middle);
      const share = distance / half;
      if (share >= 1) continue;
      const thickness = depth * Math.sqrt(1 - share * share * share * share) *
        (1 - 0.22 * Math.min(1, distance / 0.4));
      const beside = distance - trunk;
      const i = row * size + column;
      if (beside < -0.05 || joined === 1) {
        tissue[i] = thickness;
        continue;
      }
      const wall = Math.sqrt(ramp(-beside, -0.012, 0.05));
      const arm = 0.75 * Math.sqrt(ramp(beside - gap, -0.01, 0.05));
      tissue[i] = thickness * Math.max(wall, arm, joined);
    }
  }
}
