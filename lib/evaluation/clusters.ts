import type { PatientIndex } from "./patient_index.ts";

/** How a sum over images is spread over patients. */
export interface Clusters {
  /** The number of patients with an image in it. */
  patients: number;
  /** The sum of the images' weights. */
  weight: number;
  /** How many patients with one image each would be as good, were all images of a patient alike (Kish, 1965). */
  effective: number;
}

/** Counts the patients of those images whose weight is above 0. */
export function clustersOf(weights: Float64Array, { ofImage, count }: PatientIndex): Clusters {
  const ofPatient = new Float64Array(count);
  for (let image = 0; image < weights.length; image++) ofPatient[ofImage[image]!]! += weights[image]!;
  let [patients, weight, squares] = [0, 0, 0];
  for (const own of ofPatient) {
    patients += Number(own > 0);
    weight += own;
    squares += own * own;
  }
  return { patients, weight, effective: weight > 0 ? weight * weight / squares : 0 };
}
