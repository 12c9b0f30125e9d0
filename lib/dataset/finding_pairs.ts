import type { Entry } from "./entry.ts";

/**
 * Counts the images that have two findings together.
 *
 * @returns A symmetric matrix in the order of the findings, [L][L]; the diagonal holds the images with a finding,
 * whatever else they have.
 */
export function countFindingPairs(entries: readonly Entry[], findings: readonly string[]): number[][] {
  const indexOf = new Map(findings.map((finding, index) => [finding, index]));
  const counts = findings.map(() => new Array<number>(findings.length).fill(0));
  for (const { labels } of entries) {
    const indices = labels.flatMap((label) => indexOf.get(label) ?? []);
    for (const i of indices) {
      for (const j of indices) counts[i]![j]! += 1;
    }
  }
  return counts;
}
