import { floor, type LungShape, midline, outerWall } from "../anatomy.ts";
import type { Chest } from "../chest.ts";
import { paint, ramp } from "../paint.ts";

/** Draws a lung full of air. */
export function drawLung({ size, shape, air, lung: cover }: Chest, lung: LungShape): void {
  const edge = Math.max(0.008, 0.7 / size);
  const region = { x0: 0, x1: 1, y0: lung.apex - 0.02, y1: lung.base + 0.02 };
  let row = -1;
  let middle = 0;
  let outer = 0;
  paint(size, region, (x, y, i) => {
    if (y !== row) {
      row = y;
      middle = midline(shape, y);
      outer = outerWall(lung, y);
    }
    const distance = lung.side * (x - middle);
    if (distance < lung.inner - 0.02 || distance > outer + 0.02) return;
    const below = 0.8 * (floor(lung, distance) - y);
    const inside = Math.min(distance - lung.inner, outer - distance, below, 1.4 * (y - lung.apex));
    const share = ramp(inside, -edge, edge);
    if (share === 0) return;
    const depth = 0.62 + 0.38 * ramp(Math.min(outer - distance, 1.6 * below, y - lung.apex), 0, 0.11);
    cover[i] = share;
    air[i] = share * depth * shape.airiness;
  });
}
