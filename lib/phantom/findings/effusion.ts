import { midline } from "../anatomy.ts";
import { between, eitherSide } from "../noise.ts";
import { paint, ramp } from "../paint.ts";
import { type FindingKind, include, isSomewhere, nowhere } from "./finding.ts";

/** Fluid over the diaphragm: the costophrenic angle is gone and the upper border climbs along the wall. */
export const effusion: FindingKind = (patient, visit) => {
  const first = eitherSide(patient);
  const both = patient.uniform() < 0.25;
  const depths = [0, 1].map(() => between(patient, 0.07, 0.26) * between(visit, 0.75, 1.2));
  const climb = between(patient, 0.05, 0.1);
  return {
    draw(chest) {
      const { shape, size } = chest;
      return shape.lungs.filter((lung) => both || lung.side === first).map((lung, nth) => {
        const level = lung.base - depths[nth]!;
        const extent = nowhere();
        paint(size, { x0: 0, x1: 1, y0: level - climb - 0.05, y1: lung.base + 0.03 }, (x, y, i) => {
          const distance = lung.side * (x - midline(shape, y));
          if (chest.lung[i] === 0 || distance < 0) return;
          const share = (distance - lung.inner) / (lung.outer - lung.inner);
          const surface = level -
            climb * (share > 0.5 ? ((share - 0.5) / 0.5) ** 2 : 0.3 * (1 - share / 0.5) ** 2);
          const fluid = ramp(y, surface - 0.012, surface + 0.02);
          chest.air[i]! *= 1 - 0.94 * fluid;
          if (fluid > 0.5 && chest.lung[i]! > 0.5) include(extent, x, y);
        });
        return extent;
      }).filter(isSomewhere);
    },
  };
};
