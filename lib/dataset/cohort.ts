import { type Entry, isNormal, type View } from "./entry.ts";

/** Who was imaged, and how. */
export interface Cohort {
  /** The images. */
  images: number;
  /** The images that are known to have none of the findings. */
  normal: number;
  /** The patients. */
  patients: number;
  /** The visits: different pairs of patient and follow-up number. */
  visits: number;
  /** How many patients have 1, 2, 3 ... images: by number of images, ascending. */
  patientsByImages: Map<number, number>;
  /** Images by sex. */
  sex: Record<NonNullable<Entry["sex"]> | "unknown", number>;
  /** Images by view. */
  view: Record<View | "unknown", number>;
  /** Images by decade of age: those of 0 to 9 years first, as far as the oldest. */
  ages: number[];
  /** Images whose age is not known. */
  unknownAge: number;
}

/** Describes the patients and images of a dataset, or of some of its images. */
export function describeCohort(entries: readonly Entry[]): Cohort {
  const imagesOf = new Map<string, number>();
  const visits = new Set<string>();
  const sex = { F: 0, M: 0, unknown: 0 };
  const view = { AP: 0, PA: 0, lateral: 0, unknown: 0 };
  const ages: number[] = [];
  let normal = 0;
  let unknownAge = 0;
  for (const entry of entries) {
    imagesOf.set(entry.patient, (imagesOf.get(entry.patient) ?? 0) + 1);
    visits.add(`${entry.patient} ${entry.followUp}`);
    sex[entry.sex ?? "unknown"] += 1;
    view[entry.view ?? "unknown"] += 1;
    if (isNormal(entry)) normal += 1;
    if (entry.age === null) {
      unknownAge += 1;
    } else {
      const decade = Math.floor(entry.age / 10);
      while (ages.length <= decade) ages.push(0);
      ages[decade]! += 1;
    }
  }
  const patientsByImages = new Map<number, number>();
  for (const images of [...imagesOf.values()].sort((a, b) => a - b)) {
    patientsByImages.set(images, (patientsByImages.get(images) ?? 0) + 1);
  }
  return {
    images: entries.length,
    normal,
    patients: imagesOf.size,
    visits: visits.size,
    patientsByImages,
    sex,
    view,
    ages,
    unknownAge,
  };
}
