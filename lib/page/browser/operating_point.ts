import type { FindingScale } from "../../evaluation/finding_scale.ts";
import { countsFrom, floatsFrom } from "../base64.ts";
import type { PageScale } from "../page_data.ts";

/** What each threshold of a finding separates on the validation set, from the one that calls no image positive on. */
export interface OperatingPoints {
  /** [m + 1] Falling; the first is infinite. */
  thresholds: Float64Array;
  /** [m + 1] */
  sensitivity: Float64Array;
  /** [m + 1] */
  specificity: Float64Array;
}

/** The operating points of a finding; null where it has no ROC curve. */
export function operatingPoints(
  { positives, negatives, thresholds, truePositives, falsePositives }: PageScale,
): OperatingPoints | null {
  if (positives === 0 || negatives === 0) return null;
  const [found, alarms] = [countsFrom(truePositives), countsFrom(falsePositives)];
  return {
    thresholds: Float64Array.of(Infinity, ...floatsFrom(thresholds)),
    sensitivity: Float64Array.of(0, ...Array.from(found, (count) => count / positives)),
    specificity: Float64Array.of(1, ...Array.from(alarms, (count) => 1 - count / negatives)),
  };
}

/** The operating point of a scale's threshold, by its index: the lowest of those that are not below it, as 32 bits have it. */
export function pointOf({ threshold }: FindingScale, { thresholds }: OperatingPoints): number {
  if (threshold === null) return 0;
  const wanted = Math.fround(threshold);
  let point = 0;
  while (point + 1 < thresholds.length && thresholds[point + 1]! >= wanted) point++;
  return point;
}
