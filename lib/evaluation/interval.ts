/** A confidence interval. */
export interface Interval {
  /** The lower bound. */
  low: number;
  /** The upper bound. */
  high: number;
}

/** How sure an interval is to be. */
export interface IntervalOptions {
  /** The probability with which the interval is to hold the true value, between 0 and 1; .95 by default. */
  level?: number;
}

/** The level of an interval where none is asked for. */
export const LEVEL = 0.95;

/**
 * The interval between two percentiles of resampled values, (1 - level) / 2 from each end, interpolated
 * linearly (type 7 of Hyndman and Fan, 1996, as numpy's). NaN marks a resample in which the value is
 * undefined and is left out; null where less than half of the resamples are defined.
 */
export function percentileInterval(
  values: Float64Array,
  { level = LEVEL }: IntervalOptions = {},
): Interval | null {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort();
  if (sorted.length === 0 || 2 * sorted.length < values.length) return null;
  return { low: quantile(sorted, (1 - level) / 2), high: quantile(sorted, (1 + level) / 2) };
}

function quantile(sorted: Float64Array, probability: number): number {
  const place = (sorted.length - 1) * probability;
  const low = sorted[Math.floor(place)]!;
  const high = sorted[Math.ceil(place)]!;
  return low + (high - low) * (place - Math.floor(place));
}
