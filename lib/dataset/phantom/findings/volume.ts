import { floor, midline, placeIn } from "../anatomy.ts";
import { between, eitherSide, smoothNoise } from "../chance.ts";
import { hilum } from "../chest.ts";
import { paint, ramp, type Region, stroke } from "../paint.ts";
import { around, enclose, type FindingKind } from "./finding.ts";

/** Lung that has lost its air: dense plates across a lower zone, the diaphragm pulled up and the heart drawn over. */
export const atelectasis: FindingKind = (patient, visit) => {
  const side = eitherSide(patient) < 0 ? 0 : 1;
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
        const { x, y } = placeIn(
          chest.shape,
          lung,
          across,
          Math.min(0.93, level + between(patient, 0.07, 0.13) * plate),
        );
        const half = between(patient, 0.055, 0.115);
        const tilt = slope + between(patient, -0.14, 0.14);
        const width = between(patient, 0.011, 0.016);
        const ends = [-1, -0.3, 0.4, 1].map((u) => ({
          ...{ x: x + u * half, y: y + u * half * tilt - 0.006 * u * u, width: width * (1.2 - 0.35 * u * u) },
          strength: 0.75,
        }));
        stroke(chest.lines, chest.size, ends);
        parts.push(around(x, y, half, half * Math.abs(tilt) + 0.015));
      }
      return [enclose(parts)];
    },
  };
};

/** A heart wider than half the chest. */
export const cardiomegaly: FindingKind = (patient, visit) => {
  const ratio = between(patient, 0.56, 0.64) + 0.01 * visit.normal();
  const leftward = between(patient, 0.62, 0.7);
  return {
    bend({ heart, lungs: [right, left] }) {
      const width = ratio * (right.outer + left.outer);
      heart.left = leftward * width;
      heart.right = (1 - leftward) * width;
      heart.height *= 1.12;
      heart.tilt *= 0.75;
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

/** Overblown lungs: flat, low diaphragms, a narrow heart, few vessels and thin-walled bullae. */
export const emphysema: FindingKind = (patient, visit) => {
  const flatness = between(patient, 0.25, 0.42);
  const bullae = 4 + patient.integer(4);
  return {
    bend(shape) {
      for (const lung of shape.lungs) {
        const height = lung.base - lung.dome;
        lung.base -= 0.25 * (1 - flatness) * height;
        lung.dome = lung.base - flatness * height;
      }
      shape.heart.left *= 0.94;
      shape.heart.right *= 0.94;
      shape.vascularity *= 0.55 + 0.04 * visit.normal();
    },
    draw(chest) {
      for (let bulla = 0; bulla < bullae; bulla++) {
        const lung = chest.shape.lungs[bulla % 2]!;
        const { x, y } = placeIn(
          chest.shape,
          lung,
          between(patient, 0.4, 0.85),
          between(patient, 0.08, 0.85),
        );
        const radius = between(patient, 0.025, 0.045);
        paint(chest.size, around(x, y, 1.2 * radius), (px, py, i) => {
          const away = Math.hypot(px - x, py - y) / radius;
          const inside = 1 - ramp(away, 0.85, 1);
          chest.lines[i]! *= 1 - inside;
          chest.air[i]! *= 1 + 0.12 * inside;
          chest.lines[i]! += 0.14 * (1 - ramp(Math.abs(away - 1), 0.06, 0.2));
        });
      }
      return [];
    },
  };
};

/** A stomach that has slipped through the diaphragm: a bubble with a wall and a fluid level behind the heart. */
export const hernia: FindingKind = (patient, visit) => {
  const offset = between(patient, -0.05, 0.08);
  const radius = between(patient, 0.048, 0.08) * between(visit, 0.92, 1.08);
  const rise = between(patient, 0.3, 1.0);
  const filled = between(visit, -0.1, 0.45);
  return {
    draw(chest) {
      const { shape, size } = chest;
      const left = shape.lungs[1];
      const x = midline(shape, left.dome) + offset;
      const y = floor(left, left.inner) - rise * radius - 0.02;
      paint(size, around(x, y, 1.2 * radius), (px, py, i) => {
        const away = Math.hypot((px - x) / 1.1, py - y) / radius;
        const inside = 1 - ramp(away, 0.86, 0.98);
        const gas = inside * (1 - ramp((py - y) / radius, filled - 0.06, filled + 0.06));
        chest.air[i]! = chest.air[i]! * (1 - inside) + 0.55 * gas;
        chest.tissue[i]! += 0.1 * (1 - ramp(Math.abs(away - 0.97), 0.05, 0.16)) + 0.06 * (inside - gas);
      });
      return [around(x, y, 1.1 * radius, radius)];
    },
  };
};

/** Fine lines that form a net, pull on the lung and are thickest at its border. */
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
        if (!both && lung.side !== first) continue;
        lung.outer -= 0.008;
      }
    },
    draw(chest) {
      return chest.shape.lungs.filter((lung) => both || lung.side === first).map((lung) => {
        const root = hilum(chest.shape, lung);
        const down = between(patient, 0.12, 0.88);
        const centre = placeIn(chest.shape, lung, between(patient, 0.55, 0.8), down);
        const net = new Float32Array(chest.size ** 2);
        for (let row = -5; row <= 5; row++) {
          for (let column = -5; column <= 5; column++) {
            const corner = (r: number, c: number) => ({
              x: centre.x + pitch * (c + 0.5 * (r & 1) + 0.28 * Math.sin(12.9 * r + 78.2 * c + root.x * 40)),
              y: centre.y + 0.87 * pitch * (r + 0.28 * Math.sin(39.3 * r + 11.1 * c + root.y * 40)),
              width: 0.007,
              strength,
            });
            const here = corner(row, column);
            for (
              const [r, c] of [[row, column + 1], [row + 1, column], [row + 1, column + (row & 1 ? 1 : -1)]]
            ) {
              if (patient.uniform() < 0.8) stroke(net, chest.size, [here, corner(r!, c!)]);
            }
          }
        }
        paint(chest.size, around(centre.x, centre.y, extent), (x, y, i) => {
          const away = Math.hypot(x - centre.x, y - centre.y) / extent + 0.3 * noise(x, y);
          const share = 1 - ramp(away, 0.6, 1);
          chest.lines[i]! += share * Math.min(0.85, net[i]!);
          chest.air[i]! *= 1 + 0.22 * share;
        });
        return around(centre.x, centre.y, 0.85 * extent);
      });
    },
  };
};
