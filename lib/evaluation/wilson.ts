import { type Interval, type IntervalOptions, LEVEL } from "./interval.ts";
import { normalQuantile } from "./normal_distribution.ts";

/**
 * Wilson's score interval of a proportion (Wilson, 1927), which stays within 0 and 1 and holds for few trials
 * too. It takes the trials as independent. Null where there are none.
 *
 * @throws {RangeError} When the counts are not 0 <= successes <= trials.
 */
export function wilson(
  successes: number,
  trials: number,
  { level = LEVEL }: IntervalOptions = {},
): Interval | null {
  if (!(successes >= 0 && successes <= trials)) {
    throw new RangeError(`${successes} of ${trials} is no proportion`);
  }
  if (trials === 0) return null;
  const z = normalQuantile((1 + level) / 2);
  const proportion = successes / trials;
  const scale = 1 + z * z / trials;
  const centre = (proportion + z * z / (2 * trials)) / scale;
  const half = z / scale * Math.sqrt(proportion * (1 - proportion) / trials + (z / (2 * trials)) ** 2);
  return {
    low: successes === 0 ? 0 : centre - half,
    high: successes === trials ? 1 : centre + half,
  };
}
