import type { Instructions } from "./instructions.ts";

/** What is counted: more is better for images a second and per cent, less for the others. */
export type Unit = "images/s" | "%" | "s" | "ms" | "MB";

/** One comparison, as `--json` writes it. */
export interface Result {
  /** What was measured, such as `training 64x64 batch 32`. */
  measure: string;
  unit: Unit;
  /** Our value. */
  ours: number;
  /** Whom it is compared with, with the version. */
  peer: string;
  peerValue: number;
  /** How many times better Thorax is: above 1 means that it is ahead, whatever the unit. */
  ratio: number;
  /** The instructions that both were kept to. */
  instructions: Instructions;
}

/** Sets our value beside a peer's; numbers keep four digits. */
export function compare(
  measure: string,
  given: Omit<Result, "measure" | "ratio" | "instructions"> & { instructions?: Instructions },
): Result {
  const { unit, ours, peer, peerValue, instructions = "all" } = given;
  const ratio = ["images/s", "%"].includes(unit) ? ours / peerValue : peerValue / ours;
  return {
    measure,
    unit,
    ours: fourDigits(ours),
    peer,
    peerValue: fourDigits(peerValue),
    ratio: fourDigits(ratio),
    instructions,
  };
}

/**
 * The middle value, or the mean of the two in the middle.
 *
 * @throws {RangeError} When there is none.
 */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError("No values to take the median of");
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2;
}

/**
 * The exponent of the power law that fits sizes and costs best: the slope of a straight line through their logarithms, by
 * least squares. 1 is linear.
 */
export function growthExponent(sizes: readonly number[], costs: readonly number[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [x, y] = [sizes.map(Math.log), costs.map(Math.log)];
  const [middleX, middleY] = [mean(x), mean(y)];
  const products = x.map((value, i) => (value - middleX) * (y[i]! - middleY));
  return mean(products) / mean(x.map((value) => (value - middleX) ** 2));
}

function fourDigits(value: number): number {
  return Number(value.toPrecision(4));
}
