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

/** Images by patient, as the bootstrap wants them. */
export interface PatientIndex {
  /** [n] The place of each image's patient among the patients, from 0. */
  ofImage: Uint32Array;
  /** The number of patients. */
  count: number;
}

/** Numbers the patients of images from 0, in the order in which they appear. */
export function indexPatients<T>(patients: ArrayLike<T>): PatientIndex {
  const places = new Map<T, number>();
  const ofImage = Uint32Array.from(patients, (patient) => {
    const place = places.get(patient) ?? places.size;
    places.set(patient, place);
    return place;
  });
  return { ofImage, count: places.size };
}

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
