import type { Random } from "../../support/random.ts";
import { type ChestShape, type LungShape, midline } from "../anatomy.ts";
import { between } from "../noise.ts";
import type { Chest } from "../chest.ts";
import { paint, ramp, stroke, type StrokePoint } from "../paint.ts";

/** The root of a lung, where its vessels begin. */
export function hilum(shape: ChestShape, lung: LungShape): { x: number; y: number } {
  const y = lung.apex + (lung.side < 0 ? 0.54 : 0.5) * (lung.dome - lung.apex);
  return { x: midline(shape, y) + lung.side * (shape.mediastinum + 0.022) + shape.shift, y };
}

/** Draws the vessels of a lung, branching out from its hilum. */
export function drawVessels({ size, shape, lines }: Chest, lung: LungShape, random: Random): void {
  const root = hilum(shape, lung);
  paint(size, { x0: root.x - 0.05, x1: root.x + 0.05, y0: root.y - 0.08, y1: root.y + 0.1 }, (x, y, i) => {
    const away = Math.hypot((x - root.x) / 0.032, (y - root.y - 0.01) / 0.075);
    lines[i]! += 0.16 * shape.vascularity * ramp(1 - away, 0, 1);
  });
  const strength = 0.15 * shape.vascularity;
  const grow = (x: number, y: number, angle: number, length: number, width: number, level: number): void => {
    const points: StrokePoint[] = [{ x, y, width, strength }];
    let heading = angle;
    for (let step = 0; step < 3; step++) {
      heading += 0.16 * random.normal();
      x += lung.side * (length / 3) * Math.cos(heading);
      y += (length / 3) * Math.sin(heading);
      const thin = width * (1 - 0.12 * (step + 1));
      points.push({ x, y, width: thin, strength: strength * (1 - 0.07 * (step + 1)) });
    }
    stroke({ field: lines, size, over: true }, points);
    if (level === 0) return;
    const fork = between(random, 0.25, 0.5);
    grow(x, y, heading - fork, length * between(random, 0.6, 0.9), width * 0.62, level - 1);
    grow(x, y, heading + fork, length * between(random, 0.6, 0.9), width * 0.68, level - 1);
  };
  for (let branch = 0; branch < 9; branch++) {
    const angle = -1.35 + branch * 0.36 + 0.12 * random.normal();
    const lower = branch > 4 ? 1.2 : 1;
    const y = root.y + (branch - 4) * 0.012;
    grow(root.x, y, angle, between(random, 0.07, 0.11) * lower, between(random, 0.009, 0.013) * lower, 3);
  }
}
