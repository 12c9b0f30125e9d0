import { floor, type LungShape, midline } from "../anatomy.ts";
import type { Chest } from "../chest.ts";
import { paint, ramp } from "../paint.ts";

/** Draws the gas bubble in the stomach. */
export function drawStomach({ size, shape, air }: Chest): void {
  const { radius, offset } = shape.stomach;
  if (radius <= 0) return;
  const left = shape.lungs[1];
  const x0 = midline(shape, left.dome) + offset;
  const y0 = floor(left, offset) + 0.035 + 0.5 * radius;
  const region = { x0: x0 - 2 * radius, x1: x0 + 2 * radius, y0: y0 - radius, y1: y0 + radius };
  paint(size, region, (x, y, i) => {
    const share = ramp(1 - Math.hypot((x - x0) / (1.7 * radius), (y - y0) / (0.75 * radius)), 0, 0.3);
    air[i] = Math.max(air[i]!, 0.5 * share);
  });
}

/** Draws a breast, densest at its lower border. */
export function drawBreast({ size, shape, tissue }: Chest, lung: LungShape): void {
  const { radius, height } = shape.breasts;
  const x0 = midline(shape, height) + lung.side * (lung.outer * 0.6);
  const region = { x0: x0 - 1.3 * radius, x1: x0 + 1.3 * radius, y0: height - radius, y1: height + radius };
  paint(size, region, (x, y, i) => {
    const away = Math.hypot((x - x0) / 1.25, y - height) / radius;
    if (away >= 1) return;
    tissue[i]! += 0.13 * ramp(1 - away, 0, 0.25) * ramp(y, height - radius, height + 0.5 * radius);
  });
}
