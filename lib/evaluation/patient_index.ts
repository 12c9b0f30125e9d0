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
  const ofImage = new Uint32Array(patients.length);
  for (let image = 0; image < ofImage.length; image++) {
    const patient = patients[image]!;
    // Most tables have a patient's images one after the other.
    if (image > 0 && patient === patients[image - 1]) {
      ofImage[image] = ofImage[image - 1]!;
      continue;
    }
    const index = indices.get(patient) ?? indices.size;
    indices.set(patient, index);
    ofImage[image] = index;
  }
  return { ofImage, count: indices.size };
}

/** The patients of some of the images, by the same numbers. */
export function patientsOf({ ofImage, count }: PatientIndex, images: Uint32Array): PatientIndex {
  const own = new Uint32Array(images.length);
  for (let i = 0; i < images.length; i++) own[i] = ofImage[images[i]!]!;
  return { ofImage: own, count };
}

/** The patients of some of the images, numbered from 0 in the order in which they appear among them. */
export function renumberPatients({ ofImage, count }: PatientIndex, images: Uint32Array): PatientIndex {
  const numbers = new Uint32Array(count);
  const own = new Uint32Array(images.length);
  let patients = 0;
  for (let i = 0; i < images.length; i++) {
    const patient = ofImage[images[i]!]!;
    own[i] = (numbers[patient] ||= ++patients) - 1;
  }
  return { ofImage: own, count: patients };
}

/** How many patients some of the images are of. */
export function countPatients({ ofImage, count }: PatientIndex, images: Uint32Array): number {
  const seen = new Uint8Array(count);
  let patients = 0;
  for (let i = 0; i < images.length; i++) {
    const patient = ofImage[images[i]!]!;
    if (seen[patient] === 1) continue;
    seen[patient] = 1;
    patients++;
  }
  return patients;
}
