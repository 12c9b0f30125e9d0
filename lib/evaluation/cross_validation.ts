import { InputError } from "../support/input_error.ts";
import { auc } from "./auc.ts";
import { intervalOf, meanOfEstimates } from "./estimate.ts";
import { estimateStratifiedAuc } from "./estimate_stratified_auc.ts";
import type { Interval, IntervalOptions } from "./interval.ts";
import { indexPatients, patientsOf } from "./patient_index.ts";
import { labelColumn, type Predictions } from "./predictions.ts";
import { summarise } from "./summary.ts";

/** A label in a cross-validation. */
export interface CrossValidatedLabel {
  /** Its name. */
  name: string;
  /** Images with the finding, of all folds. */
  positives: number;
  /** Images without it. */
  negatives: number;
  /** The AUC within folds; null where no fold has both. */
  auc: number | null;
  /** Its interval, by patient. */
  interval: Interval | null;
  /** The AUC of each fold; null where it is undefined. */
  folds: (number | null)[];
}

/** What several networks reach, each on the fold that it was not trained on. */
export interface CrossValidation {
  /** The folds: their images and patients, and the mean AUC over the labels that have one there. */
  folds: { images: number; patients: number; mean: number | null }[];
  /** The labels. */
  labels: CrossValidatedLabel[];
  /** The mean of the labels' AUCs within folds; null where none has one. */
  mean: number | null;
  /** Its interval, by patient. */
  meanInterval: Interval | null;
}

/**
 * Judges the folds of a cross-validation together. Scores of two networks do not compare, so that an image is compared with
 * those of its own fold alone; {@linkcode estimateStratifiedAuc} says more. Intervals are those of these networks on
 * further patients: what other training images or another seed do is not in them.
 *
 * @param folds The predictions of each fold's test set, whose labels are the same.
 * @throws {InputError} Where folds have other labels, or a patient or an image is in two of them.
 */
export function crossValidation(
  folds: readonly Predictions[],
  options: IntervalOptions = {},
): CrossValidation {
  const [first] = folds;
  if (first === undefined) throw new RangeError("A cross-validation has folds");
  checkFolds(folds);
  const all = indexPatients(folds.flatMap(({ patients }) => patients));
  const starts = folds.map((_, fold) =>
    folds.slice(0, fold).reduce((sum, { images }) => sum + images.length, 0)
  );
  const judged = first.labels.map((name, label) => {
    const strata = folds.map((fold, i) => {
      const column = labelColumn(fold, label);
      return { ...column, index: patientsOf(all, column.images.map((image) => image + starts[i]!)) };
    });
    const estimate = estimateStratifiedAuc(strata);
    const images = strata.reduce((sum, { truth }) => sum + truth.length, 0);
    const positives = strata.reduce((sum, { truth }) => truth.reduce((sum, value) => sum + value, sum), 0);
    return {
      estimate,
      label: {
        name,
        positives,
        negatives: images - positives,
        auc: estimate?.value ?? null,
        interval: estimate && intervalOf(estimate, options),
        folds: strata.map((stratum) => auc(stratum.truth, stratum.scores, stratum)),
      },
    };
  });
  const mean = meanOfEstimates(judged.flatMap(({ estimate }) => estimate ?? []));
  const labels = judged.map(({ label }) => label);
  return {
    folds: folds.map(({ images, patients }, fold) => ({
      images: images.length,
      patients: new Set(patients).size,
      mean: summarise(labels.map(({ folds }) => folds[fold]!)).mean,
    })),
    labels,
    mean: mean?.value ?? null,
    meanInterval: mean && intervalOf(mean, options),
  };
}

function checkFolds(folds: readonly Predictions[]): void {
  const foldOf = new Map<string, number>();
  folds.forEach(({ labels, images, patients }, fold) => {
    if (String(labels) !== String(folds[0]!.labels)) {
      throw new InputError(`Fold ${fold + 1} has other findings than fold 1: ${labels.join(", ")}`);
    }
    for (const [row, image] of images.entries()) {
      for (const name of [`image ${image}`, `patient ${patients[row]}`]) {
        const other = foldOf.get(name) ?? fold;
        if (other !== fold) {
          throw new InputError(`Folds ${other + 1} and ${fold + 1} have ${name} in common`);
        }
        foldOf.set(name, fold);
      }
    }
  });
}
