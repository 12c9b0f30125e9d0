import { type Entry, isNormal, truthOf } from "./entry.ts";
import type { Undersampled } from "./make_split.ts";

/** How images with no finding were dropped. */
export interface Undersampling {
  /** The fraction of them that was kept. */
  keepNormal: number;
  /** Where the others were dropped. */
  undersample: Undersampled;
}

/**
 * [n] How many images of the whole data each image of a validation or test set stands for: where images with no finding
 * were dropped from it, those that were kept stand for 1 / `keepNormal`. Undefined where each stands for itself.
 */
export function samplingWeights(
  entries: readonly Entry[],
  { keepNormal, undersample }: Undersampling,
): Float64Array | undefined {
  if (undersample !== "all" || keepNormal === 0 || keepNormal === 1) return undefined;
  return Float64Array.from(entries, (entry) => isNormal(entry) ? 1 / keepNormal : 1);
}

/**
 * [findings] Of the images without each finding, the fraction that undersampling kept in a training set: 1 where it kept
 * all, or none with no finding.
 */
export function keptNegatives(
  training: readonly Entry[],
  { findings, keepNormal }: { findings: readonly string[] } & Pick<Undersampling, "keepNormal">,
): number[] {
  const dropped = keepNormal === 0 ? 0 : training.filter(isNormal).length * (1 / keepNormal - 1);
  return findings.map((finding) => {
    const kept = training.filter((entry) => truthOf(entry, finding) === 0).length;
    return kept === 0 ? 1 : kept / (kept + dropped);
  });
}
