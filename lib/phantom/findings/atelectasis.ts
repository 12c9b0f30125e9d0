import { placeIn } from "../anatomy.ts";
import { between } from "../noise.ts";
import { type Region, stroke } from "../paint.ts";
import { around, enclose, type FindingKind } from "./finding.ts";

/** Lung that has lost its air: dense plates across a lower zone, the diaphragm pulled up and the heart drawn over. */
export const atelectasis: FindingKind = (patient, visit) => {
  const side = patient.integer(2);
  const pull = between(patient, 0.01, 0.035) * between(visit, 0.8, 1.2);
  const plates = 2 + patient.integer(3);
  const level = between(patient, 0.5, 0.78);
  const slope = between(patient, -0.22, 0.22);
  return {
    bend(shape) {
      const lung = shape.lungs[side]!;
      lung.dome -= pull;
      lung.base -= 0.6 * pull;
      shape.shift += lung.side * 0.25 * pull;
    },
    draw(chest) {
      const lung = chest.shape.lungs[side]!;
      const parts: Region[] = [];
      for (let plate = 0; plate < plates; plate++) {
        const across = between(patient, 0.45, 0.7);
        const down = Math.min(0.93, level + between(patient, 0.07, 0.13) * plate);
        const { x, y } = placeIn(chest.shape, lung, { across, down });
        const half = between(patient, 0.055, 0.115);
        const tilt = slope + between(patient, -0.14, 0.14);
        const width = between(patient, 0.011, 0.016);
        const ends = [-1, -0.3, 0.4, 1].map((u) => ({
          ...{ x: x + u * half, y: y + u * half * tilt - 0.006 * u * u, width: width * (1.2 - 0.35 * u * u) },
          strength: 0.8 * (1 - 0.6 * u * u),
        }));
        stroke({ field: chest.lines, size: chest.size }, ends);
        parts.push(around(x, y, half, half * Math.abs(tilt) + 0.015));
      }
      return [enclose(parts)];
    },
  };
};
