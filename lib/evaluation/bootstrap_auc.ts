import type { PatientIndex } from "./patient_index.ts";
import { type ResampleOptions, resamplePatients, RESAMPLES } from "./resample_patients.ts";
import { labelColumn, type Predictions, selectImages } from "./predictions.ts";
import { resampledAuc } from "./resampled_auc.ts";

/** The AUC and the average precision of one label in every resample; NaN where undefined. */
export interface BootstrapAuc {
  /** [resamples] The area under the ROC. */
  auc: Float64Array;
  /** [resamples] Average precision. */
  averagePrecision: Float64Array;
}

/**
 * AUC and average precision of each label in every resample of the patients. All labels see the same resamples, and so does
 * every other call with the same patients and seed, so that means and differences can be taken resample by
 * resample.
 *
 * @param patients The patients of all images, by `indexPatients(predictions.patients)`.
 * @param images The indices of the images to be scored; all by default.
 */
export function bootstrapAuc(
  predictions: Predictions,
  patients: PatientIndex,
  { images, ...options }: ResampleOptions & { images?: Uint32Array } = {},
): BootstrapAuc[] {
  const { resamples = RESAMPLES } = options;
  const scored = images ? selectImages(predictions, images) : predictions;
  const ofImage = images ? images.map((image) => patients.ofImage[image]!) : patients.ofImage;
  const labels = scored.labels.map((_, label) => {
    const column = labelColumn(scored, label);
    return resampledAuc(column, column.images.map((image) => ofImage[image]!));
  });
  const drawn = labels.map(() => ({
    auc: new Float64Array(resamples),
    averagePrecision: new Float64Array(resamples),
  }));
  let resample = 0;
  resamplePatients(patients.count, (counts) => {
    labels.forEach((resampled, label) => {
      const { auc, averagePrecision } = resampled(counts);
      drawn[label]!.auc[resample] = auc;
      drawn[label]!.averagePrecision[resample] = averagePrecision;
    });
    resample++;
  }, options);
  return drawn;
}
