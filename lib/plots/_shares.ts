import type { Proportion } from "../evaluation/proportion.ts";
import { percent } from "../support/decimals.ts";

/** A fraction in per cent with its interval, such as `76.8 % (64.2 to 85.9)`; `-` where there is none. */
export function proportion(value: Proportion | null): string {
  return value === null
    ? "-"
    : `${percent(value.value)} (${(100 * value.low).toFixed(1)} to ${(100 * value.high).toFixed(1)})`;
}
