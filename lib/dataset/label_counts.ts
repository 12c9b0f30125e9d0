import type { Entry } from "./entry.ts";

/** How often a finding occurs among images. */
export interface LabelCount {
  /** The finding. */
  label: string;
  /** The images that have it. */
  positives: number;
  /** The images that do not. */
  negatives: number;
  /** The images of which it is not known. */
  unknown: number;
  /** The fraction of the images of known ground truth that have it, from 0 to 1; NaN without such images. */
  prevalence: number;
}

/** Counts the images with and without each of some findings, in their order. */
export function countLabels(entries: readonly Entry[], findings: readonly string[]): LabelCount[] {
  const indices = new Map(findings.map((finding, index) => [finding, index]));
  const positives = findings.map(() => 0);
  const unknowns = findings.map(() => 0);
  const count = (names: readonly string[], counts: number[]) => {
    for (const name of names) {
      const index = indices.get(name);
      if (index !== undefined) counts[index]! += 1;
    }
  };
  for (const { labels, unknown } of entries) {
    count(labels, positives);
    count(unknown, unknowns);
  }
  return findings.map((label, index) => {
    const [positive, unknown] = [positives[index]!, unknowns[index]!];
    const known = entries.length - unknown;
    return { label, positives: positive, negatives: known - positive, unknown, prevalence: positive / known };
  });
}
