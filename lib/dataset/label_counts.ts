import { type Label, LABELS } from "./labels.ts";
import type { Entry } from "./metadata.ts";

/** How often a label occurs among images. */
export interface LabelCount {
  /** The label. */
  label: Label;
  /** The images that have it. */
  positives: number;
  /** The images that do not. */
  negatives: number;
  /** The fraction of the images that have it, from 0 to 1; NaN without images. */
  prevalence: number;
}

/** Counts the images with and without each of the 14 labels, in the order of `LABELS`. */
export function countLabels(entries: readonly Entry[]): LabelCount[] {
  const positives = new Map<Label, number>(LABELS.map((label) => [label, 0]));
  for (const { labels } of entries) {
    for (const label of labels) positives.set(label, positives.get(label)! + 1);
  }
  return LABELS.map((label) => {
    const count = positives.get(label)!;
    return {
      label,
      positives: count,
      negatives: entries.length - count,
      prevalence: count / entries.length,
    };
  });
}
