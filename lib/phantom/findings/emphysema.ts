import { placeIn } from "../anatomy.ts";
import { between } from "../noise.ts";
import { paint, ramp } from "../paint.ts";
import { around, type FindingKind } from "./finding.ts";

/** Overblown lungs: flat, low diaphragms, a narrow heart, few vessels and thin-walled bullae. */
export const emphysema: FindingKind = (patient, visit) => {
  const flatness = between(patient, 0.25, 0.42);
  const bullae = 4 + patient.integer(4);
  return {
    bend(shape) {
      for (const lung of shape.lungs) {
        const height = lung.base - lung.dome;
        lung.base -= 0.25 * (1 - flatness) * height;
        lung.dome = lung.base - flatness * height;
      }
      shape.heart.left *= 0.94;
      shape.heart.right *= 0.94;
      shape.vascularity *= 0.55 + 0.04 * visit.normal();
    },
    draw(chest) {
      for (let bulla = 0; bulla < bullae; bulla++) {
        const lung = chest.shape.lungs[bulla % 2]!;
        const { x, y } = placeIn(chest.shape, lung, {
          across: between(patient, 0.4, 0.85),
          down: between(patient, 0.08, 0.85),
        });
        const radius = between(patient, 0.025, 0.045);
        paint(chest.size, around(x, y, 1.2 * radius), (px, py, i) => {
          const away = Math.hypot(px - x, py - y) / radius;
          const inside = 1 - ramp(away, 0.85, 1);
          chest.lines[i]! *= 1 - inside;
          chest.air[i]! *= 1 + 0.12 * inside;
          chest.lines[i]! += 0.14 * (1 - ramp(Math.abs(away - 1), 0.06, 0.2));
        });
      }
      return [];
    },
  };
};
