import type { Random } from "../../support/random.ts";
import { between } from "../noise.ts";
import type { Chest } from "../chest.ts";
import { stroke, type StrokePoint } from "../paint.ts";

/** A thin wire from the border of the film to somewhere on the chest. */
export function drawLead({ size, tissue }: Chest, random: Random): void {
  const side = random.uniform() < 0.5 ? 0 : 1;
  const end = { x: between(random, 0.2, 0.8), y: between(random, 0.2, 0.7) };
  const start = { x: side + 0.02 * (1 - 2 * side), y: between(random, 0.3, 1) };
  const sag = between(random, -0.1, 0.2);
  const points: StrokePoint[] = [];
  for (let k = 0; k <= 14; k++) {
    const u = k / 14;
    const y = start.y + (end.y - start.y) * u + sag * Math.sin(Math.PI * u);
    points.push({ x: start.x + (end.x - start.x) * u, y, width: 0.0035, strength: 0.16 });
  }
  stroke({ field: tissue, size }, points);
}
