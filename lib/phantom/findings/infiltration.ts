import { between, eitherSide, smoothNoise } from "../noise.ts";
import { hilum } from "../body/draw_vessels.ts";
import type { Region } from "../paint.ts";
import { enclose, type FindingKind, isSomewhere, opacify } from "./finding.ts";

/** Ill-defined streaks and small patches that follow the bronchi from the hilum into one or both lungs. */
export const infiltration: FindingKind = (patient, visit) => {
  const first = eitherSide(patient);
  const both = patient.uniform() < 0.5;
  const density = between(visit, 0.5, 0.7);
  const aim = between(patient, -0.9, 1.1);
  const count = 7 + patient.integer(3);
  const noise = smoothNoise(patient, 36);
  return {
    draw(chest) {
      return chest.shape.lungs.filter((lung) => both || lung.side === first).map((lung) => {
        const root = hilum(chest.shape, lung);
        const parts: Region[] = [];
        for (let streak = 0; streak < count; streak++) {
          const heading = aim + between(patient, -0.55, 0.55);
          const away = between(patient, 0.06, 0.19);
          const x = root.x + lung.side * away * Math.cos(heading);
          const y = root.y + 1.15 * away * Math.sin(heading);
          const long = between(patient, 0.045, 0.07);
          parts.push(opacify(chest, {
            ...{ x, y, long, short: 0.24 * long, angle: lung.side * heading, density, fade: 0.8 },
            ragged: { noise, by: 0.3 },
          }));
        }
        return enclose(parts);
      }).filter(isSomewhere);
    },
  };
};
