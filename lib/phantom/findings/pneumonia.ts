import { between, smoothNoise } from "../noise.ts";
import { airyPlace, enclose, type FindingKind, isSomewhere, opacify } from "./finding.ts";

/** A patch of one segment, dense in the middle and breaking up into round acinar shadows at its border. */
export const pneumonia: FindingKind = (patient, visit) => {
  const side = patient.integer(2);
  const radius = between(patient, 0.08, 0.11) * between(visit, 0.9, 1.1);
  const density = between(visit, 0.65, 0.85);
  const noise = smoothNoise(patient, 20);
  return {
    draw(chest) {
      const lung = chest.shape.lungs[side]!;
      const { x, y } = airyPlace(chest, lung, { across: [0.35, 0.8], down: [0.25, 0.88], random: patient });
      const parts = [opacify(chest, {
        ...{ x, y, long: 0.75 * radius, short: 0.65 * radius, density, fade: 0.6 },
        ragged: { noise, by: 0.3 },
      })];
      for (let acinus = 0; acinus < 26; acinus++) {
        const heading = (acinus + 0.7 * patient.uniform()) * Math.PI / 13;
        const away = radius * 1.2 * Math.sqrt(patient.uniform());
        const spot = between(patient, 0.014, 0.027);
        parts.push(opacify(chest, {
          ...{ x: x + away * Math.cos(heading), y: y + away * Math.sin(heading), long: spot, short: spot },
          ...{ density: 0.75 * density, fade: 1 },
        }));
      }
      return [enclose(parts)].filter(isSomewhere);
    },
  };
};
