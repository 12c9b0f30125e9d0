import { type PatientIndex, type ResampleOptions, resamplePatients, RESAMPLES } from "./resample_patients.ts";
import { type LabelColumn, labelColumn, type Predictions } from "./predictions.ts";
import { resampledAreas } from "./resampled_auc.ts";

/** The areas of one label in every resample; NaN where undefined. */
export interface BootstrapAreas {
  /** [resamples] The area under the ROC. */
  auc: Float64Array;
  /** [resamples] Average precision. */
  averagePrecision: Float64Array;
}

/**
 * The areas of each label in every resample of the patients. All labels see the same resamples, and so does
 * every other call with the same patients and seed, so that means and differences can be taken resample by
 * resample.
 *
 * @param patients The patients of all images, by `indexPatients(predictions.patients)`.
 * @param images The indices of the images to be scored; all by default.
 */
export function bootstrapAreas(
  predictions: Predictions,
  patients: PatientIndex,
  { images, ...options }: ResampleOptions & { images?: Uint32Array } = {},
): BootstrapAreas[] {
  const { resamples = RESAMPLES } = options;
  const ofImage = images ? images.map((image) => patients.ofImage[image]!) : patients.ofImage;
  const areas = predictions.labels.map((_, label) =>
    resampledAreas(takeImages(labelColumn(predictions, label), images), ofImage)
  );
  const drawn = areas.map(() => ({
    auc: new Float64Array(resamples),
    averagePrecision: new Float64Array(resamples),
  }));
  let resample = 0;
  resamplePatients(patients.count, (counts) => {
    areas.forEach((areasOf, label) => {
      const { auc, averagePrecision } = areasOf(counts);
      drawn[label]!.auc[resample] = auc;
      drawn[label]!.averagePrecision[resample] = averagePrecision;
    });
    resample++;
  }, options);
  return drawn;
}

/** The mean over labels in every resample, of those labels that are defined in it; NaN where none is. */
export function meanOverLabels(labels: readonly Float64Array[]): Float64Array {
  return Float64Array.from(labels[0] ?? [], (_, resample) => {
    const values = labels.map((values) => values[resample]!).filter((value) => !Number.isNaN(value));
    return values.reduce((sum, value) => sum + value, 0) / values.length;
  });
}

function takeImages(column: LabelColumn, images?: Uint32Array): LabelColumn {
  if (!images) return column;
  return {
    truth: Uint8Array.from(images, (image) => column.truth[image]!),
    scores: Float64Array.from(images, (image) => column.scores[image]!),
  };
}
