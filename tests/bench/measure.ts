import type { Instructions } from "./instructions.ts";
import { median, type Result } from "./result.ts";

/** How thoroughly is measured, and whom the measures tell. */
export interface Bench {
  /** How often each side has its turn. */
  rounds: number;
  /** How long a turn of steps is at least, in seconds. */
  seconds: number;
  /** Whether PyTorch is measured too. */
  torch: boolean;
  /** A folder of PNGs to decode; null for phantoms of 1024x1024. */
  images: string | null;
  /** Says something that has to be known beside the numbers. */
  note(text: string): void;
}

/** Something that is measured, on our side and on the peers'. */
export interface Measure {
  /** The name for `--only`. */
  name: string;
  /** Half a sentence for the help. */
  description: string;
  /** The instructions that all implementations are kept to. Default: `all`. */
  instructions?: Instructions;
  run(bench: Bench): Promise<Result[]>;
}

/** What a side does at its turn: it gives the value that it measured. */
export type Turn = () => Promise<number>;

/**
 * Interleaves several implementations, a round after the other, so that what else the machine does meets all of them.
 *
 * @returns [turns, rounds] What each side's turns gave, in their order.
 */
export async function interleave<T>(rounds: number, turns: readonly (() => Promise<T>)[]): Promise<T[][]> {
  const values = turns.map((): T[] => []);
  for (let round = 0; round < rounds; round++) {
    for (const [i, turn] of turns.entries()) values[i]!.push(await turn());
  }
  return values;
}

/** The median of each side's values, interleaved; see {@linkcode interleave}. */
export async function alternate(rounds: number, turns: readonly Turn[]): Promise<number[]> {
  return (await interleave(rounds, turns)).map(median);
}

/** How many seconds some work takes by the clock. */
export async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const before = performance.now();
  await work();
  return (performance.now() - before) / 1000;
}
