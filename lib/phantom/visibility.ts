import type { Random } from "../support/random.ts";
import type { ChestShape } from "./anatomy.ts";
import type { Chest } from "./chest.ts";
import type { Finding } from "./findings/finding.ts";
import { between } from "./noise.ts";
import type { Region } from "./paint.ts";

/** How much of a finding is to be seen in a hard phantom, at least and at most: 0 would leave the chest as it is, 1 is all. */
export const HARD_VISIBILITY = [0.5, 1] as const;

/** How much of a finding is to be seen on one visit. */
export function drawVisibility(random: Random): number {
  return between(random, ...HARD_VISIBILITY);
}

/** Bends a chest's shape by a fraction of what a finding does to it. */
export function bendPartly(shape: ChestShape, { finding, visibility }: Faint): void {
  if (finding.bend === undefined) return;
  const bent = structuredClone(shape);
  finding.bend(bent);
  mix(shape, bent, visibility);
}

/** Draws a finding into a chest with a fraction of its density; gives the regions where all of it would be seen. */
export function drawPartly(chest: Chest, { finding, visibility }: Faint): Region[] {
  const fields = [chest.tissue, chest.air, chest.lines];
  const before = fields.map((field) => field.slice());
  const regions = finding.draw(chest);
  fields.forEach((field, nth) => {
    const without = before[nth]!;
    for (let i = 0; i < field.length; i++) field[i] = without[i]! + visibility * (field[i]! - without[i]!);
  });
  return regions;
}

/** A finding that is seen in part. */
interface Faint {
  finding: Finding;
  /** 0 to 1. */
  visibility: number;
}

/** Moves every number of a shape towards that of another by a fraction of the way. */
function mix<T extends object>(from: T, to: T, fraction: number): void {
  for (const key of Object.keys(from) as (keyof T)[]) {
    const [one, other] = [from[key], to[key]];
    if (typeof one === "number") from[key] = one + fraction * ((other as number) - one) as T[keyof T];
    else if (typeof one === "object" && one !== null) mix(one, other as typeof one & object, fraction);
  }
}
