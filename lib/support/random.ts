import { xoroshiro128plusFromState } from "pure-rand/generator/xoroshiro128plus";

/** The largest seed: TensorFlow takes 31 bits. */
export const LARGEST_SEED = 2 ** 31 - 1;

/** A seeded stream of pseudo-random numbers (xoroshiro128+). The same keys give the same numbers everywhere. */
export interface Random {
  /** A float, uniform in [0, 1), with 32 random bits. */
  uniform(): number;
  /** An integer, uniform in [0, limit). */
  integer(limit: number): number;
  /** A float from the standard normal distribution (Box and Muller, 1958). */
  normal(): number;
  /** Shuffles an array or typed array in place (Fisher and Yates) and returns it. */
  shuffle<T extends { length: number; [index: number]: unknown }>(values: T): T;
}

/**
 * Opens the stream that belongs to the keys, such as `random(seed, "shuffle", epoch)`: a seed first, then what
 * the numbers are for. Streams with different keys are independent, so nothing has to be stored to resume.
 *
 * @example
 * ```ts
 * import { random } from "./random.ts";
 * const order = random(7, "shuffle", 0).shuffle([0, 1, 2, 3]);
 * ```
 */
export function random(...keys: readonly (number | string)[]): Random {
  const generator = xoroshiro128plusFromState(stateOf(JSON.stringify(keys)));
  const uniform = () => (generator.next() >>> 0) / 2 ** 32;
  const integer = (limit: number) => Math.floor(uniform() * limit);
  let spare: number | undefined;

  function normal(): number {
    if (spare !== undefined) {
      const value = spare;
      spare = undefined;
      return value;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
    const angle = 2 * Math.PI * uniform();
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }

  function shuffle<T extends { length: number; [index: number]: unknown }>(values: T): T {
    for (let i = values.length - 1; i > 0; i--) {
      const j = integer(i + 1);
      const value = values[i];
      values[i] = values[j];
      values[j] = value;
    }
    return values;
  }

  return { uniform, integer, normal, shuffle };
}

/** Four 32-bit words from a text: FNV-1a with four offsets, each finished by MurmurHash3's mixer. */
function stateOf(text: string): [number, number, number, number] {
  const words = [0x811c9dc5, 0x9e3779b9, 0x85ebca6b, 0xc2b2ae35].map((offset) => {
    let hash = offset;
    for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    return (hash ^ (hash >>> 16)) | 0;
  });
  return words as [number, number, number, number];
}
