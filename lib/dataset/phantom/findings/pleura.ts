import { floor, type LungShape, midline, outerWall } from "../anatomy.ts";
import { between, eitherSide, smoothNoise } from "../chance.ts";
import { paint, ramp, stroke, type StrokePoint } from "../paint.ts";
import { type FindingKind, include, isSomewhere, nowhere } from "./finding.ts";

/** Fluid over the diaphragm: the costophrenic angle is gone and the upper border climbs along the wall. */
export const effusion: FindingKind = (patient, visit) => {
  const first = eitherSide(patient);
  const both = patient.uniform() < 0.25;
  const depths = [0, 1].map(() => between(patient, 0.07, 0.26) * between(visit, 0.75, 1.2));
  const climb = between(patient, 0.05, 0.1);
  return {
    draw(chest) {
      const { shape, size } = chest;
      return shape.lungs.filter((lung) => both || lung.side === first).map((lung, nth) => {
        const level = lung.base - depths[nth]!;
        const extent = nowhere();
        paint(size, { x0: 0, x1: 1, y0: level - climb - 0.05, y1: lung.base + 0.03 }, (x, y, i) => {
          const distance = lung.side * (x - midline(shape, y));
          if (chest.lung[i] === 0 || distance < 0) return;
          const share = (distance - lung.inner) / (lung.outer - lung.inner);
          const surface = level -
            climb * (share > 0.5 ? ((share - 0.5) / 0.5) ** 2 : 0.3 * (1 - share / 0.5) ** 2);
          const fluid = ramp(y, surface - 0.012, surface + 0.02);
          chest.air[i]! *= 1 - 0.94 * fluid;
          if (fluid > 0.5 && chest.lung[i]! > 0.5) include(extent, x, y);
        });
        return extent;
      }).filter(isSomewhere);
    },
  };
};

/** A collapsed lung: its edge is a thin white line along the wall, and outside it there are no vessels. */
export const pneumothorax: FindingKind = (patient, visit) => {
  const side = eitherSide(patient) < 0 ? 0 : 1;
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
        chest.air[i]! *= 1 + 0.3 * outside;
        if (outside < 1) chest.air[i]! *= 0.85;
        if (outside > 0.5) include(extent, x, y);
      });
      const line: StrokePoint[] = [];
      for (let k = 0; k <= 24; k++) {
        const y = lung.apex + 0.55 * gap + (end - lung.apex - 0.55 * gap) * (k / 24) ** 1.5;
        const distance = edge(y);
        line.push({ x: midline(shape, y) + lung.side * distance, y, width: 0.007, strength: 0.75 });
      }
      stroke(chest.lines, size, line);
      return [extent].filter(isSomewhere);
    },
  };
};

/** A thick, uneven rind between the lung and the wall, along the side or over the apex, calcified in places. */
export const pleuralThickening: FindingKind = (patient, visit) => {
  const side = eitherSide(patient) < 0 ? 0 : 1;
  const thickness = between(patient, 0.035, 0.055) * between(visit, 0.9, 1.1);
  const from = between(patient, 0.0, 0.5);
  const length = between(patient, 0.32, 0.5);
  const noise = smoothNoise(patient, 14);
  return {
    draw(chest) {
      const { shape, size } = chest;
      const lung = shape.lungs[side]!;
      const height = lung.base - lung.apex;
      const top = lung.apex + from * height;
      const bottom = top + length * height;
      const extent = nowhere();
      paint(size, { x0: 0, x1: 1, y0: top, y1: bottom }, (x, y, i) => {
        const distance = lung.side * (x - midline(shape, y));
        if (chest.lung[i] === 0 || distance < lung.inner) return;
        const along = Math.min(1, 6 * (y - top) / (bottom - top), 6 * (bottom - y) / (bottom - top));
        const rind = thickness * along * (1 + 0.45 * noise(x, y));
        const depth = wallDistance(lung, distance, y);
        const share = 1 - ramp(depth, rind - 0.006, rind + 0.004);
        chest.air[i]! *= 1 - 0.85 * share;
        chest.tissue[i]! += 0.28 * share * ramp(noise(y, x), -0.2, 0.3);
        if (share > 0.5) include(extent, x, y);
      });
      return [extent].filter(isSomewhere);
    },
  };
};

/** How far a place is from the wall, the apex or, loosely, the diaphragm. */
function wallDistance(lung: LungShape, distance: number, y: number): number {
  return Math.min(
    outerWall(lung, y) - distance,
    1.2 * (y - lung.apex),
    2 * (floor(lung, distance) - y) + 0.05,
  );
}
