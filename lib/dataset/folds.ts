import { InputError } from "../support/input_error.ts";
import type { Entry } from "./entry.ts";
import { type Split, splitByPatient } from "./split.ts";

/** How folds are drawn. */
export interface FoldsOptions {
  /** The number of folds, 2 at least. */
  folds: number;
  /** The same seed gives the same folds. */
  seed: number;
  /** The fraction of the images outside a fold that are for validation. Default: 0.06. */
  validation?: number;
  /** The findings to be spread evenly over folds, as in a split. */
  stratify?: readonly string[] | undefined;
}

/**
 * Divides images into folds for cross-validation, by patient: each image is in the test set of one split, and no patient
 * is in two folds. The validation set of each split is drawn from what is outside its fold, by patient too.
 *
 * @throws {InputError} Where there are too few patients for so many folds.
 */
export function foldsByPatient(entries: readonly Entry[], options: FoldsOptions): Split[] {
  const { folds, seed, validation = 0.06, stratify } = options;
  const tests: ReadonlySet<Entry>[] = [];
  let left = entries;
  try {
    for (let others = folds; others > 1; others--) {
      const fold = take(left, { fraction: 1 / others, seed, stratify });
      left = left.filter((entry) => !fold.has(entry));
      tests.push(fold);
    }
    tests.push(new Set(left));
    return tests.map((test, index) => {
      const others = entries.filter((entry) => !test.has(entry));
      const held = take(others, { fraction: validation, seed: seed + index, stratify });
      return {
        training: others.filter((entry) => !held.has(entry)),
        validation: others.filter((entry) => held.has(entry)),
        test: entries.filter((entry) => test.has(entry)),
      };
    });
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const patients = new Set(entries.map(({ patient }) => patient)).size;
    throw new InputError(`${entries.length} images of ${patients} patients are too few for ${folds} folds`);
  }
}

/** A fraction of the images, whole patients. */
function take(
  entries: readonly Entry[],
  { fraction, ...options }: { fraction: number; seed: number; stratify: readonly string[] | undefined },
): ReadonlySet<Entry> {
  // Of a drawn split its test set alone is of interest: the other two are what is left.
  return new Set(splitByPatient(entries, { ...options, test: fraction, validation: 0.5 }).test);
}
