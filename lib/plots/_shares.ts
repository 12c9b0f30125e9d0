import type { Proportion } from "../evaluation/proportion.ts";

/** A fraction in per cent, such as `76.8 %`. */
export function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

/** A fraction in per cent with its interval, such as `76.8 % (64.2 to 85.9)`; `-` where there is none. */
export function proportion(value: Proportion | null): string {
  return value === null
    ? "-"
    : `${percent(value.value)} (${(100 * value.low).toFixed(1)} to ${(100 * value.high).toFixed(1)})`;
}
