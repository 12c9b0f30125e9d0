import type { Predictions } from "./predictions.ts";

/** What two sets of predictions have in common. */
export interface SharedImages {
  /** The images that are in both, in the order of the first. */
  images: string[];
  /** How many patients have images in both. */
  patients: number;
  /** How many of the first set's images are of these patients. */
  ofPatients: number;
}

/** Finds the images and patients that two sets of predictions have in common. */
export function sharedImages(first: Predictions, second: Predictions): SharedImages {
  const [images, patients] = [new Set(second.images), new Set(second.patients)];
  const shared = first.patients.filter((patient) => patients.has(patient));
  return {
    images: first.images.filter((image) => images.has(image)),
    patients: new Set(shared).size,
    ofPatients: shared.length,
  };
}
