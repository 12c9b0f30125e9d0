import { midline, outerWall } from "../anatomy.ts";
import { between } from "../noise.ts";
import { paint, ramp, stroke, type StrokePoint } from "../paint.ts";
import { type FindingKind, include, isSomewhere, nowhere } from "./finding.ts";

/** A collapsed lung: its edge is a thin white line along the wall, and outside it there are no vessels. */
export const pneumothorax: FindingKind = (patient, visit) => {
  const side = patient.integer(2);
  const gap = between(patient, 0.065, 0.13) * between(visit, 0.85, 1.2);
  const reach = between(patient, 0.55, 0.95);
  return {
    bend(shape) {
      const lung = shape.lungs[side]!;
      shape.shift -= lung.side * 0.1 * gap;
    },
    draw(chest) {
      const { shape, size } = chest;
      const lung = shape.lungs[side]!;
      const end = lung.apex + reach * (lung.base - lung.apex);
      const edge = (y: number) => {
        const down = (y - lung.apex) / (end - lung.apex);
        const left = gap * (1 - ramp(down, 0.55, 1));
        return outerWall(lung, y - 0.55 * gap) - left;
      };
      const extent = nowhere();
      paint(size, { x0: 0, x1: 1, y0: lung.apex, y1: end }, (x, y, i) => {
        const distance = lung.side * (x - midline(shape, y));
        if (chest.lung[i] === 0 || distance < lung.inner) return;
        const outside = y < lung.apex + 0.55 * gap ? 1 : ramp(distance, edge(y) - 0.004, edge(y) + 0.004);
        chest.lines[i]! *= 1 - outside;
        chest.air[i]! *= 0.85 + 0.45 * outside;
        if (outside > 0.5) include(extent, x, y);
      });
      const line: StrokePoint[] = [];
      for (let k = 0; k <= 24; k++) {
        const y = lung.apex + 0.55 * gap + (end - lung.apex - 0.55 * gap) * (k / 24) ** 1.5;
        const distance = edge(y);
        line.push({ x: midline(shape, y) + lung.side * distance, y, width: 0.007, strength: 0.75 });
      }
      stroke({ field: chest.lines, size }, line);
      return [extent].filter(isSomewhere);
    },
  };
};
