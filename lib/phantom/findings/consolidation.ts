import { between, smoothNoise } from "../noise.ts";
import { hilum } from "../body/draw_vessels.ts";
import { paint, ramp, stroke } from "../paint.ts";
import { airyPlace, around, type FindingKind, include, isSomewhere, nowhere } from "./finding.ts";

/** A lobe filled with fluid: dense, even, cut off straight along a fissure, with air-filled bronchi dark inside. */
export const consolidation: FindingKind = (patient, visit) => {
  const side = patient.integer(2);
  const upper = patient.uniform() < 0.5;
  const tilt = between(patient, -0.25, 0.25);
  const radius = between(patient, 0.09, 0.135) * between(visit, 0.9, 1.1);
  const density = between(visit, 0.8, 0.95);
  const noise = smoothNoise(patient, 24);
  return {
    draw(chest) {
      const lung = chest.shape.lungs[side]!;
      const down: [number, number] = upper ? [0.2, 0.55] : [0.45, 0.8];
      const { x: x0, y: y0 } = airyPlace(chest, lung, { across: [0.4, 0.75], down, random: patient });
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
        stroke({ field: bronchi, size: chest.size }, [
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
