import { clustersOf } from "./clusters.ts";
import { type Estimate, estimate } from "./estimate.ts";
import type { PatientIndex } from "./patient_index.ts";

/** What a mean over images is taken of. */
export interface MeanParts {
  /** [n] Between -1 and 1, with a mean from 0 to 1. */
  values: Float64Array;
  /** [n] How many images each image stands for. */
  weights: Float64Array;
  /** The largest variance of a single image that is thought of beforehand; by default that of a yes or no. */
  prior?: number;
  /** The number of patients that the mean rests on; by default all. */
  patients?: number;
}

/**
 * The mean over images of which patients may have several: a ratio of sums over patients, with its linearised variance
 * (Cochran, 1977, section 6.3). What is known beforehand is the variance of a proportion, were all images of a patient
 * alike. Null where there are no images.
 */
export function estimateMean(
  { values, weights, prior = 1, ...parts }: MeanParts,
  { ofImage, count }: PatientIndex,
): Estimate | null {
  const images = clustersOf(weights, { ofImage, count });
  if (images.weight === 0) return null;
  let value = 0;
  for (let image = 0; image < values.length; image++) value += weights[image]! * values[image]!;
  value /= images.weight;
  const influence = new Float64Array(count);
  for (let image = 0; image < values.length; image++) {
    influence[ofImage[image]!]! += weights[image]! * (values[image]! - value) / images.weight;
  }
  let squares = 0;
  for (let patient = 0; patient < count; patient++) squares += influence[patient]! * influence[patient]!;
  const drawn = (value * images.effective + 0.5) / (images.effective + 1);
  const { patients, effective } = images;
  return estimate({
    value,
    drawn,
    influence,
    variance: squares * patients / Math.max(1, patients - 1),
    prior: Math.min(drawn * (1 - drawn), prior) / effective,
    patients: parts.patients ?? patients,
  });
}
