import type { Random } from "../../support/random.ts";
import { smoothNoise } from "../noise.ts";
import type { Chest } from "../chest.ts";
import { paint } from "../paint.ts";

/** Adds what tissue there is in front and behind, which differs from visit to visit and hides small differences of brightness. */
export function drawTexture({ size, tissue, air }: Chest, random: Random): void {
  const coarse = smoothNoise(random, 4);
  const fine = smoothNoise(random, 40);
  paint(size, { x0: 0, y0: 0, x1: 1, y1: 1 }, (x, y, i) => {
    tissue[i]! += (0.13 * coarse(x, y) + 0.015 * fine(x, y)) * (0.3 + air[i]!);
  });
}
