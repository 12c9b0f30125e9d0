import { floor, type LungShape, midline, outerWall } from "../anatomy.ts";
import { between, smoothNoise } from "../noise.ts";
import { paint, ramp } from "../paint.ts";
import { type FindingKind, include, isSomewhere, nowhere } from "./finding.ts";

/** A thick, uneven rind between the lung and the wall, along the side or over the apex, calcified in places. */
export const pleuralThickening: FindingKind = (patient, visit) => {
  const side = patient.integer(2);
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
        chest.tissue[i]! += 0.34 * share * ramp(noise(y, x), -0.2, 0.3);
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
