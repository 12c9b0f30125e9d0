import type { Random } from "../support/random.ts";

/** The places of a map's cells, the highest first; equal ones, such as a heat map's zeros, in random order. */
export function pixelOrder(values: ArrayLike<number>, random: Random): Uint32Array {
  const order = random.shuffle(Uint32Array.from({ length: values.length }, (_, i) => i));
  return order.sort((i, j) => values[j]! - values[i]!);
}
