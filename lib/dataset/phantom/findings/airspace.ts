import { placeIn } from "../anatomy.ts";
import { between, eitherSide, smoothNoise } from "../chance.ts";
import { hilum } from "../chest.ts";
import { paint, ramp, type Region, stroke } from "../paint.ts";
import {
  airyPlace,
  around,
  enclose,
  type FindingKind,
  include,
  isSomewhere,
  nowhere,
  opacify,
} from "./finding.ts";

/** A lobe filled with fluid: dense, even, cut off straight along a fissure, with air-filled bronchi dark inside. */
export const consolidation: FindingKind = (patient, visit) => {
  const side = eitherSide(patient) < 0 ? 0 : 1;
  const upper = patient.uniform() < 0.5;
  const tilt = between(patient, -0.25, 0.25);
  const radius = between(patient, 0.09, 0.135) * between(visit, 0.9, 1.1);
  const density = between(visit, 0.8, 0.95);
  const noise = smoothNoise(patient, 24);
  return {
    draw(chest) {
      const lung = chest.shape.lungs[side]!;
      const down: [number, number] = upper ? [0.2, 0.55] : [0.45, 0.8];
      const { x: x0, y: y0 } = airyPlace(chest, lung, { across: [0.4, 0.75], down }, patient);
      const fissure = upper ? 1 : -1;
      const extent = nowhere();
      paint(chest.size, around(x0, y0, 1.4 * radius, 1.2 * radius), (x, y, i) => {
        if (chest.lung[i] === 0) return;
        const cut = fissure * (y0 + tilt * (x - x0) - y) + 0.45 * radius;
        const inside = 1 - Math.hypot((x - x0) / 1.35, y - y0) / radius + 0.25 * noise(x, y);
        const share = ramp(inside, 0, 0.3) * ramp(cut, 0, 0.012);
        if (share > 0.3) include(extent, x, y);
        chest.air[i]! *= 1 - density * share;
        chest.lines[i]! *= 1 - share;
      });
      const bronchi = new Float32Array(chest.size ** 2);
      const angle = Math.atan2(y0 - hilum(chest.shape, lung).y, x0 - hilum(chest.shape, lung).x);
      for (let branch = -1; branch <= 1; branch++) {
        const from = { x: x0 - 0.9 * radius * Math.cos(angle), y: y0 - 0.7 * radius * Math.sin(angle) };
        const heading = angle + 0.55 * branch;
        const reach = radius * (branch === 0 ? 1.5 : 1.3);
        stroke(bronchi, chest.size, [
          { ...from, width: 0.009, strength: 0.5 },
          {
            x: from.x + reach * Math.cos(heading),
            y: from.y + reach * Math.sin(heading),
            width: 0.005,
            strength: 0.4,
          },
        ]);
      }
      paint(chest.size, around(x0, y0, 1.5 * radius), (_x, _y, i) => {
        if (chest.air[i]! < 0.45) chest.air[i]! += bronchi[i]! * chest.lung[i]! * (1 - chest.air[i]! / 0.45);
      });
      return [extent].filter(isSomewhere);
    },
  };
};

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
          opacify(chest, {
            ...{ x, y, long, short: 0.24 * long, angle: lung.side * heading, density, fade: 0.8 },
            ragged: { noise, by: 0.3 },
          });
          parts.push(around(x, y, 0.8 * long, 0.7 * long));
        }
        return enclose(parts);
      });
    },
  };
};

/** A patch of one segment, dense in the middle and breaking up into round acinar shadows at its border. */
export const pneumonia: FindingKind = (patient, visit) => {
  const side = eitherSide(patient) < 0 ? 0 : 1;
  const radius = between(patient, 0.08, 0.11) * between(visit, 0.9, 1.1);
  const density = between(visit, 0.65, 0.85);
  const noise = smoothNoise(patient, 20);
  return {
    draw(chest) {
      const lung = chest.shape.lungs[side]!;
      const { x, y } = airyPlace(chest, lung, { across: [0.35, 0.8], down: [0.25, 0.88] }, patient);
      opacify(chest, {
        ...{ x, y, long: 0.75 * radius, short: 0.65 * radius, density, fade: 0.6 },
        ragged: { noise, by: 0.3 },
      });
      for (let acinus = 0; acinus < 26; acinus++) {
        const heading = (acinus + 0.7 * patient.uniform()) * Math.PI / 13;
        const away = radius * 1.35 * Math.sqrt(patient.uniform());
        const spot = between(patient, 0.011, 0.018);
        opacify(chest, {
          ...{ x: x + away * Math.cos(heading), y: y + away * Math.sin(heading), long: spot, short: spot },
          ...{ density: 0.9 * density, fade: 0.7 },
        });
      }
      return [around(x, y, 1.2 * radius)];
    },
  };
};

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
          const { x, y } = placeIn(chest.shape, lung, 0.97, 0.62 + 0.055 * line);
          stroke(chest.lines, chest.size, [
            { x, y, width: 0.0045, strength: 0.24 },
            { x: x - lung.side * 0.05, y: y - 0.004, width: 0.0045, strength: 0.2 },
          ]);
        }
      }
      return [];
    },
  };
};
