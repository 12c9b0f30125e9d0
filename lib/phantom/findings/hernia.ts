import { floor, midline } from "../anatomy.ts";
import { between } from "../noise.ts";
import { paint, ramp } from "../paint.ts";
import { around, type FindingKind } from "./finding.ts";

/** A stomach that has slipped through the diaphragm: a bubble with a wall and a fluid level behind the heart. */
export const hernia: FindingKind = (patient, visit) => {
  const offset = between(patient, -0.05, 0.08);
  const radius = between(patient, 0.048, 0.08) * between(visit, 0.92, 1.08);
  const rise = between(patient, 0.3, 1.0);
  const filled = between(visit, -0.1, 0.45);
  return {
    draw(chest) {
      const { shape, size } = chest;
      const left = shape.lungs[1];
      const x = midline(shape, left.dome) + offset;
      const y = floor(left, left.inner) - rise * radius - 0.02;
      paint(size, around(x, y, 1.2 * radius), (px, py, i) => {
        const away = Math.hypot((px - x) / 1.1, py - y) / radius;
        const inside = 1 - ramp(away, 0.86, 0.98);
        const gas = inside * (1 - ramp((py - y) / radius, filled - 0.06, filled + 0.06));
        chest.air[i]! = chest.air[i]! * (1 - inside) + 0.55 * gas;
        chest.tissue[i]! += 0.1 * (1 - ramp(Math.abs(away - 0.97), 0.05, 0.16)) + 0.06 * (inside - gas);
      });
      return [around(x, y, 1.1 * radius, radius)];
    },
  };
};
