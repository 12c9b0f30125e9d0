import { between, smoothNoise } from "../noise.ts";
import { paint, ramp, stroke } from "../paint.ts";
import { airyPlace, around, type FindingKind, opacify } from "./finding.ts";

const AREA = { across: [0.2, 0.9], down: [0.1, 0.92] } as const;

/** A dense, lobed, spiculated shadow more than 3 cm wide. */
export const mass: FindingKind = (patient, visit) => {
  const side = patient.integer(2);
  const radius = between(patient, 0.058, 0.095) * between(visit, 0.95, 1.1);
  const density = between(visit, 0.92, 1);
  const noise = smoothNoise(patient, 10);
  return {
    draw(chest) {
      const { x, y } = airyPlace(chest, chest.shape.lungs[side]!, { ...AREA, random: patient });
      opacify(chest, {
        ...{ x, y, long: radius, short: radius * 0.9, angle: between(patient, 0, 3), density, fade: 0.22 },
        ragged: { noise, by: 0.3 },
      });
      paint(chest.size, around(x, y, radius), (px, py, i) => {
        chest.tissue[i]! += 0.15 * ramp(1 - Math.hypot(px - x, py - y) / radius, 0, 0.4);
      });
      for (let spike = 0; spike < 12; spike++) {
        const heading = 2 * Math.PI * patient.uniform();
        const reach = radius * between(patient, 1.15, 1.4);
        const from = { x: x + 0.7 * radius * Math.cos(heading), y: y + 0.7 * radius * Math.sin(heading) };
        const to = { x: x + reach * Math.cos(heading), y: y + reach * Math.sin(heading) };
        stroke(
          { field: chest.lines, size: chest.size },
          [from, to].map((point) => ({ ...point, width: 0.003, strength: 0.3 })),
        );
      }
      return [around(x, y, radius)];
    },
  };
};
