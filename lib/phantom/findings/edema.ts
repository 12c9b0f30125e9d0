import { placeIn } from "../anatomy.ts";
import { between, smoothNoise } from "../noise.ts";
import { hilum } from "../body/draw_vessels.ts";
import { stroke } from "../paint.ts";
import { type FindingKind, opacify } from "./finding.ts";

/** Fluid in both lungs: haze spreading from the hila like wings, and short Kerley lines at the outer bases. */
export const edema: FindingKind = (patient, visit) => {
  const density = between(visit, 0.25, 0.5);
  const reach = between(patient, 0.8, 1.05);
  const noise = smoothNoise(patient, 30);
  return {
    bend(shape) {
      shape.vascularity *= 1.35;
    },
    draw(chest) {
      for (const lung of chest.shape.lungs) {
        const root = hilum(chest.shape, lung);
        for (const part of [-1, 0, 1]) {
          opacify(chest, {
            ...{ x: root.x + lung.side * 0.055, y: root.y + 0.02 + 0.09 * part, long: 0.16 * reach },
            ...{ short: 0.11 * reach, angle: lung.side * 0.5 * part, density: 0.62 * density, fade: 0.9 },
            ragged: { noise, by: 0.35 },
          });
        }
        for (let line = 0; line < 7; line++) {
          const { x, y } = placeIn(chest.shape, lung, { across: 0.97, down: 0.62 + 0.055 * line });
          stroke({ field: chest.lines, size: chest.size }, [
            { x, y, width: 0.0045, strength: 0.24 },
            { x: x - lung.side * 0.05, y: y - 0.004, width: 0.0045, strength: 0.2 },
          ]);
        }
      }
      return [];
    },
  };
};
