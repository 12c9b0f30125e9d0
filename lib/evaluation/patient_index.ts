/** Images by patient: the clusters whose images resemble each other. */
export interface PatientIndex {
  /** [n] The index of each image's patient, from 0. */
  ofImage: Uint32Array;
  /** The number of patients. */
  count: number;
}

/** Numbers the patients of images from 0, in the order in which they appear. */
export function indexPatients<T>(patients: ArrayLike<T>): PatientIndex {
  const indices = new Map<T, number>();
  const ofImage = Uint32Array.from(patients, (patient) => {
    const index = indices.get(patient) ?? indices.size;
    indices.set(patient, index);
    return index;
  });
  return { ofImage, count: indices.size };
}

/** The patients of some of the images, by the same numbers. */
export function patientsOf({ ofImage, count }: PatientIndex, images: Uint32Array): PatientIndex {
  return { ofImage: images.map((image) => ofImage[image]!), count };
}
