import { LABELS } from "./labels.ts";
import type { Entry } from "./metadata.ts";

/**
 * Counts the images that have two findings together.
 *
 * @returns A symmetric matrix in the order of `LABELS`, [14][14]; the diagonal holds the images with a finding,
 * whatever else they have.
 */
export function countFindingPairs(entries: readonly Entry[]): number[][] {
  const indexOf = new Map(LABELS.map((label, index) => [label, index]));
  const counts = LABELS.map(() => new Array<number>(LABELS.length).fill(0));
  for (const { labels } of entries) {
    const indices = labels.map((label) => indexOf.get(label)!);
    for (const i of indices) {
      for (const j of indices) counts[i]![j]! += 1;
    }
  }
  return counts;
}
