/** A figure from 0 to 1, such as an AUC, with three decimals: `0.705`, or `-` where it is undefined. */
export function decimals(value: number | null): string {
  return value === null ? "-" : value.toFixed(3);
}

/** A difference of two such figures with its sign: `+0.012`, or `-` where it is undefined. */
export function signedDecimals(value: number | null): string {
  return value === null ? "-" : `${value < 0 ? "-" : "+"}${decimals(Math.abs(value))}`;
}

/** An interval as `0.691 to 0.719`; `-` where there is none. */
export function between(interval: { low: number; high: number } | null | undefined): string {
  return interval ? `${decimals(interval.low)} to ${decimals(interval.high)}` : "-";
}

/** A fraction in per cent with one decimal, or as many as asked for: `76.8 %`, or `-` where it is undefined. */
export function percent(fraction: number | null | undefined, digits = 1): string {
  return fraction === null || fraction === undefined || Number.isNaN(fraction)
    ? "-"
    : `${(100 * fraction).toFixed(digits)} %`;
}

/** The same with its sign: `+6.2 %`. */
export function signedPercent(fraction: number): string {
  return `${fraction < 0 ? "-" : "+"}${percent(Math.abs(fraction))}`;
}

/** A probability, with a digit more where it is small: `34 %`, `3.4 %`, `0.3 %`, or `-` where it is undefined. */
export function probability(value: number | null): string {
  return percent(value, value !== null && value < 0.0995 ? 1 : 0);
}

/** A count and what fraction of a total it is: `1,295 (12.3 %)`, of nothing `0 (0.0 %)`. */
export function countedShare(count: number, total: number): string {
  return `${counted(count)} (${percent(total === 0 ? 0 : count / total)})`;
}

/** A whole number with separators of thousands, and the noun that it counts where one is given: `1,295 images`. */
export function counted(count: number, one?: string, many = `${one}s`): string {
  const number = count.toLocaleString("en");
  return one === undefined ? number : `${number} ${count === 1 ? one : many}`;
}
