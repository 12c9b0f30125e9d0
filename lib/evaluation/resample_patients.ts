import { random } from "../support/random.ts";

/** How a bootstrap draws. */
export interface ResampleOptions {
  /** How many resamples; 2,000 by default. */
  resamples?: number;
  /** The seed of the draws; 0 by default. */
  seed?: number;
}

/** How many resamples are drawn where no number is asked for. */
export const RESAMPLES = 2000;

/**
 * Draws as many patients as there are, with replacement, again and again, and computes a statistic each time: the
 * bootstrap over clusters (Davison and Hinkley, 1997, section 3.8). A patient's images are drawn together, since
 * they resemble each other.
 *
 * @param patients The number of patients.
 * @param statistic Gets how many times each patient was drawn, in an array that is filled anew for the next
 * resample.
 * @returns What the statistic gave, for each resample.
 */
export function resamplePatients<T>(
  patients: number,
  statistic: (counts: Uint16Array) => T,
  { resamples = RESAMPLES, seed = 0 }: ResampleOptions = {},
): T[] {
  const { integer } = random(seed, "bootstrap over patients");
  const counts = new Uint16Array(patients);
  return Array.from({ length: resamples }, () => {
    counts.fill(0);
    for (let draw = 0; draw < patients; draw++) counts[integer(patients)]!++;
    return statistic(counts);
  });
}
