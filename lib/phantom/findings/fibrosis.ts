import type { Random } from "../../support/random.ts";
import { placeIn } from "../anatomy.ts";
import { between, eitherSide, smoothNoise } from "../noise.ts";
import { paint, ramp, stroke, type StrokePoint } from "../paint.ts";
import { around, type FindingKind, include, isSomewhere, nowhere } from "./finding.ts";

const KNOTS = 11;
const MIDDLE = 5;

/** Fine lines that form a net in the outer lung, with small dark cysts between them. */
export const fibrosis: FindingKind = (patient, visit) => {
  const first = eitherSide(patient);
  const both = patient.uniform() < 0.4;
  const strength = between(visit, 0.5, 0.7);
  const noise = smoothNoise(patient, 9);
  const pitch = between(patient, 0.034, 0.044);
  const extent = between(patient, 0.12, 0.17);
  return {
    bend(shape) {
      for (const lung of shape.lungs) {
        if (both || lung.side === first) lung.outer -= 0.008;
      }
    },
    draw(chest) {
      return chest.shape.lungs.filter((lung) => both || lung.side === first).map((lung) => {
        const across = between(patient, 0.55, 0.8);
        const centre = placeIn(chest.shape, lung, { across, down: between(patient, 0.12, 0.88) });
        const net = drawNet(chest.size, centre, { pitch, strength, random: patient });
        const region = nowhere();
        paint(chest.size, around(centre.x, centre.y, extent), (x, y, i) => {
          const away = Math.hypot(x - centre.x, y - centre.y) / extent + 0.3 * noise(x, y);
          const share = 1 - ramp(away, 0.6, 1);
          chest.lines[i]! += share * Math.min(0.85, net[i]!);
          chest.air[i]! *= 1 + 0.22 * share;
          if (share > 0.4 && chest.lung[i]! > 0.5) include(region, x, y);
        });
        return region;
      }).filter(isSomewhere);
    },
  };
};

/** A field of threads between the points of a triangular lattice, each point a little off its place. */
function drawNet(
  size: number,
  centre: { x: number; y: number },
  { pitch, strength, random }: { pitch: number; strength: number; random: Random },
): Float32Array {
  const knots = Array.from(
    { length: KNOTS },
    (_, row) =>
      Array.from({ length: KNOTS }, (_, column): StrokePoint => ({
        x: centre.x + pitch * (column - MIDDLE + 0.5 * (row % 2) + between(random, -0.28, 0.28)),
        y: centre.y + pitch * (0.87 * (row - MIDDLE) + between(random, -0.28, 0.28)),
        ...{ width: 0.007, strength },
      })),
  );
  const net = new Float32Array(size * size);
  for (let row = 0; row < KNOTS; row++) {
    for (let column = 0; column < KNOTS; column++) {
      const below = knots[row + 1];
      const beside = row % 2 === 1 ? column + 1 : column - 1;
      for (const other of [knots[row]![column + 1], below?.[column], below?.[beside]]) {
        if (other !== undefined && random.uniform() < 0.8) {
          stroke({ field: net, size }, [knots[row]![column]!, other]);
        }
      }
    }
  }
  return net;
}
