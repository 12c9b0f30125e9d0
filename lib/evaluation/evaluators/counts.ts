import type { LabelContext } from "./label_context.ts";

/** A label with fewer positives or negatives than this gets a note: its AUC's standard error is some .05 or more. */
export const FEW = 30;

/** With fewer patients than this who have the finding, or who have not, figures have no interval. */
const FEWEST_PATIENTS = 3;

/** How many images a label's figures are of. */
export interface LabelCounts {
  /** The label. */
  name: string;
  /** The number of images with the finding. */
  positives: number;
  /** The number of images without it. */
  negatives: number;
  /** The number of images whose ground truth is unknown; no figure counts them. */
  unknown: number;
  /**
   * Why figures are undefined or unsure: `no positives`, `no negatives`, `only 12 positives`, `only 5 negatives`
   * (below 30), `only 2 patients with or without it`; null where there are enough.
   */
  note: string | null;
}

/** Counts a label's images, and says where they are few. */
export function labelCounts({ name, column: { truth }, images, estimates }: LabelContext): LabelCounts {
  const positives = truth.reduce((sum, value) => sum + value, 0);
  const negatives = truth.length - positives;
  return {
    name,
    positives,
    negatives,
    unknown: images - truth.length,
    note: noteOf(positives, negatives, estimates.auc?.patients ?? 0),
  };
}

function noteOf(positives: number, negatives: number, patients: number): string | null {
  const only = (count: number, kind: string) => `only ${count} ${kind}${count === 1 ? "" : "s"}`;
  if (positives === 0) return "no positives";
  if (negatives === 0) return "no negatives";
  if (positives < FEW) return only(positives, "positive");
  if (negatives < FEW) return only(negatives, "negative");
  if (patients < FEWEST_PATIENTS) return `${only(patients, "patient")} with or without it`;
  return null;
}
