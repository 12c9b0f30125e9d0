import type { PatientIndex } from "./patient_index.ts";
import type { WeightedScores } from "./weighted_scores.ts";

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
  return spreadOf(ofPatient);
}

/** The clusters of the images with a finding, of those without it, and of all. */
export function clustersByTruth(
  { truth, weights }: Pick<WeightedScores, "truth" | "weights">,
  { ofImage, count }: PatientIndex,
): Record<"positives" | "negatives" | "all", Clusters> {
  const [positives, negatives] = [new Float64Array(count), new Float64Array(count)];
  const all = weights ? new Float64Array(count) : positives;
  for (let image = 0; image < truth.length; image++) {
    const patient = ofImage[image]!;
    const weight = weights ? weights[image]! : 1;
    if (truth[image]) positives[patient]! += weight;
    else negatives[patient]! += weight;
    if (weights) all[patient]! += weight;
  }
  const clusters = { positives: spreadOf(positives), negatives: spreadOf(negatives) };
  if (!weights) { for (let patient = 0; patient < count; patient++) all[patient]! += negatives[patient]!; }
  return { ...clusters, all: spreadOf(all) };
}

function spreadOf(ofPatient: Float64Array): Clusters {
  let [patients, weight, squares] = [0, 0, 0];
  for (let patient = 0; patient < ofPatient.length; patient++) {
    const own = ofPatient[patient]!;
    if (own > 0) patients++;
    weight += own;
    squares += own * own;
  }
  return { patients, weight, effective: weight > 0 ? weight * weight / squares : 0 };
}
