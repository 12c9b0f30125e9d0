import { comparePredictions } from "./compare.ts";
import { intervalOf, meanOfEstimates } from "./estimate.ts";
import { estimateAuc } from "./estimate_auc.ts";
import type { Interval, IntervalOptions } from "./interval.ts";
import { indexPatients, patientsOf } from "./patient_index.ts";
import { labelColumn, type Predictions } from "./predictions.ts";

/** The mean AUC over labels with its interval. */
export interface MeanAuc {
  /** The mean over the labels that have an AUC; null where none has. */
  meanAuc: number | null;
  /** Its interval. */
  meanAucInterval: Interval | null;
}

/** What is left of a network's AUC where a region of every image is covered by the mean grey of the rest. */
export interface CoveredScores extends MeanAuc {
  /** What is covered, such as `lungs` or `all-but-border`. */
  region: string;
  /** The fraction of the pixels that is covered. */
  covered: number;
  /** The mean AUC less that of the whole images; null where there is none. */
  difference: number | null;
  /** Its interval, with the covariance of the same patients. */
  differenceInterval: Interval | null;
  /** Each label's AUC, null where undefined, and how it differs from that of the whole images. */
  labels: {
    name: string;
    auc: number | null;
    difference: number | null;
    differenceInterval: Interval | null;
  }[];
}

/** What a network's scores rest on: regions of the images covered in turn. */
export interface Shortcuts {
  /** The number of images, of which there may be fewer than of the test set. */
  images: number;
  /** The number of patients. */
  patients: number;
  /** The same images as they are. */
  whole: MeanAuc;
  /** The regions. */
  regions: CoveredScores[];
}

/**
 * Sets the AUCs of images with covered regions beside those of the same images as they are.
 *
 * @param covered The predictions of each region, and the fraction of the pixels that it covers.
 */
export function scoreShortcuts(
  whole: Predictions,
  covered: readonly { region: string; covered: number; predictions: Predictions }[],
  options: IntervalOptions = {},
): Shortcuts {
  return {
    images: whole.images.length,
    patients: new Set(whole.patients).size,
    whole: meanAucOf(whole, options),
    regions: covered.map(({ region, covered, predictions }) => {
      const { mean, labels } = comparePredictions(predictions, whole, options);
      return {
        region,
        covered,
        ...meanAucOf(predictions, options),
        difference: mean.difference,
        differenceInterval: mean.interval,
        labels: labels.map(({ name, first, difference, interval }) => ({
          name,
          auc: first,
          difference,
          differenceInterval: interval,
        })),
      };
    }),
  };
}

function meanAucOf(predictions: Predictions, options: IntervalOptions): MeanAuc {
  const patients = indexPatients(predictions.patients);
  const estimates = predictions.labels.map((_, label) => {
    const column = labelColumn(predictions, label);
    return estimateAuc(column, patientsOf(patients, column.images));
  });
  const mean = meanOfEstimates(estimates.filter((estimate) => estimate !== null));
  return { meanAuc: mean && mean.value, meanAucInterval: mean && intervalOf(mean, options) };
}
