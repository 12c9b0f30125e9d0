import { midline } from "../anatomy.ts";
import { between } from "../noise.ts";
import type { FindingKind } from "./finding.ts";

/** A heart wider than half the chest. */
export const cardiomegaly: FindingKind = (patient, visit) => {
  const ratio = between(patient, 0.56, 0.64) + 0.006 * visit.normal();
  const leftward = between(patient, 0.62, 0.7);
  return {
    bend({ heart, lungs: [right, left] }) {
      const width = ratio * (right.outer + left.outer);
      heart.left = leftward * width;
      heart.right = (1 - leftward) * width;
      heart.height *= 1.12;
    },
    draw({ shape }) {
      const { heart, lungs: [right, left] } = shape;
      const bottom = (right.dome + left.dome) / 2 + 0.045;
      const middle = midline(shape, bottom) + shape.shift;
      return [{
        ...{ x0: middle - heart.right, x1: middle + 1.06 * heart.left },
        ...{ y0: bottom - heart.height, y1: bottom + 0.02 },
      }];
    },
  };
};
