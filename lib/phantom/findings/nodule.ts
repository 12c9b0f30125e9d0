import { between } from "../noise.ts";
import { paint, ramp } from "../paint.ts";
import { airyPlace, around, type FindingKind, opacify } from "./finding.ts";

const AREA = { across: [0.2, 0.9], down: [0.1, 0.92] } as const;

/** One to three round shadows, each less than 3 cm wide. */
export const nodule: FindingKind = (patient, visit) => {
  const count = 1 + Math.round(3 * Math.sqrt(patient.uniform()));
  const growth = between(visit, 0.95, 1.05);
  return {
    draw(chest) {
      return Array.from({ length: count }, () => {
        const { x, y } = airyPlace(chest, chest.shape.lungs[patient.integer(2)]!, {
          ...AREA,
          random: patient,
        });
        const radius = between(patient, 0.023, 0.031) * growth;
        opacify(chest, { x, y, long: radius, short: radius, density: 1, fade: 0.35 });
        paint(chest.size, around(x, y, radius), (px, py, i) => {
          chest.tissue[i]! += 0.15 * ramp(1 - Math.hypot(px - x, py - y) / radius, 0, 0.4);
        });
        return around(x, y, radius);
      });
    },
  };
};
