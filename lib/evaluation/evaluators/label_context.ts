import type { Estimate } from "../estimate.ts";
import type { PatientIndex } from "../patient_index.ts";
import type { LabelColumn } from "../predictions.ts";
import type { Recalibration } from "../recalibration.ts";

/** What an evaluator of one label is given. */
export interface LabelContext {
  /** The label. */
  name: string;
  /** Its scores and ground truth, of those images of which that is known. */
  column: LabelColumn;
  /** The number of all images. */
  images: number;
  /** Those of the column by patient. */
  patients: PatientIndex;
  /** The AUC and average precision with their variances; null where they are undefined. */
  estimates: { auc: Estimate | null; averagePrecision: Estimate | null };
  /** The label's column in the validation set, and its images by patient; null without one. */
  validation: { column: LabelColumn; patients: PatientIndex } | null;
  /** A threshold that came with the network; null without one. */
  threshold: number | null;
  /** What each remedy makes of the scores. */
  recalibrated: Recalibration["labels"][number];
  /** The probability with which each interval is to hold the true value. */
  level: number;
}
