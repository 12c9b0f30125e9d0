import type { Entry } from "./entry.ts";
import type { Split } from "./split.ts";
import { counted } from "../support/decimals.ts";

/** How many images have a patient whom the model has already seen: all 0 in a split by patient. */
export interface SharedPatients {
  /** Test images whose patient is also in the training set. */
  testWithTraining: number;
  /** Test images whose patient is also in the validation set. */
  testWithValidation: number;
  /** Validation images whose patient is also in the training set. */
  validationWithTraining: number;
}

/** Counts the images that share a patient with another set, which makes their scores too good. */
export function sharedPatients({ training, validation, test }: Split): SharedPatients {
  return {
    testWithTraining: countShared(test, training),
    testWithValidation: countShared(test, validation),
    validationWithTraining: countShared(validation, training),
  };
}

function countShared(images: readonly Entry[], others: readonly Entry[]): number {
  const patients = new Set(others.map((entry) => entry.patient));
  return images.filter((entry) => patients.has(entry.patient)).length;
}

/** What there is to say of a split in which patients are in several sets, as a sentence; null where none is. */
export function describeSharedPatients(split: Split): string | null {
  const { testWithTraining, testWithValidation, validationWithTraining } = sharedPatients(split);
  const said = [
    [testWithTraining, split.test, "test", "training"],
    [testWithValidation, split.test, "test", "validation"],
    [validationWithTraining, split.validation, "validation", "training"],
  ] as const;
  const shared = said.filter(([count]) => count > 0).map(([count, { length }, set, other]) =>
    `${counted(count)} of ${counted(length)} ${set} images are of patients in the ${other} set too`
  );
  return shared.length === 0
    ? null
    : `${shared.join("; ")}: patient leakage, which inflates the AUC (--split patient has none)`;
}
