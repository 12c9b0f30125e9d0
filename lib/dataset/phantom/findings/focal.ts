import { between, smoothNoise } from "../chance.ts";
import { paint, ramp, stroke } from "../paint.ts";
import { airyPlace, around, type FindingKind, opacify } from "./finding.ts";

const ANYWHERE = { across: [0.2, 0.9], down: [0.1, 0.92] } as const;

/** A dense, lobed, spiculated shadow more than 3 cm wide. */
export const mass: FindingKind = (patient, visit) => {
  const side = patient.integer(2);
  const radius = between(patient, 0.058, 0.095) * between(visit, 0.95, 1.1);
  const density = between(visit, 0.92, 1);
  const noise = smoothNoise(patient, 10);
  return {
    draw(chest) {
      const { x, y } = airyPlace(chest, chest.shape.lungs[side]!, ANYWHERE, patient);
      opacify(chest, {
        ...{ x, y, long: radius, short: radius * 0.9, angle: between(patient, 0, 3), density, fade: 0.22 },
        ragged: { noise, by: 0.3 },
      });
      paint(chest.size, around(x, y, radius), (px, py, i) => {
        chest.tissue[i]! += 0.1 * ramp(1 - Math.hypot(px - x, py - y) / radius, 0, 0.4);
      });
      for (let spike = 0; spike < 12; spike++) {
        const heading = 2 * Math.PI * patient.uniform();
        const reach = radius * between(patient, 1.15, 1.4);
        stroke(
          chest.lines,
          chest.size,
          [
            ...[{ x: x + 0.7 * radius * Math.cos(heading), y: y + 0.7 * radius * Math.sin(heading) }],
            ...[{ x: x + reach * Math.cos(heading), y: y + reach * Math.sin(heading) }],
          ].map((point) => ({ ...point, width: 0.003, strength: 0.3 })),
        );
      }
      return [around(x, y, radius)];
    },
  };
};

/** One to three round shadows, each less than 3 cm wide. */
export const nodule: FindingKind = (patient, visit) => {
  const count = 1 + patient.integer(4);
  const growth = between(visit, 0.95, 1.05);
  const density = 1;
  return {
    draw(chest) {
      return Array.from({ length: count }, () => {
        const { x, y } = airyPlace(chest, chest.shape.lungs[patient.integer(2)]!, ANYWHERE, patient);
        const radius = between(patient, 0.023, 0.031) * growth;
        opacify(chest, { x, y, long: radius, short: radius, density, fade: 0.35 });
        paint(chest.size, around(x, y, radius), (px, py, i) => {
          chest.tissue[i]! += 0.1 * ramp(1 - Math.hypot(px - x, py - y) / radius, 0, 0.4);
        });
        return around(x, y, radius);
      });
    },
  };
};
