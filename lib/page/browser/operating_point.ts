import type { FindingScale } from "../../evaluation/finding_scale.ts";
import { unpackSeries } from "../base64.ts";
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
  { positives, negatives, thresholds, sensitivity, specificity }: PageScale,
): OperatingPoints | null {
  if (positives === 0 || negatives === 0) return null;
  return {
    thresholds: Float64Array.of(Infinity, ...unpackSeries(thresholds)),
    sensitivity: Float64Array.of(0, ...unpackSeries(sensitivity)),
    specificity: Float64Array.of(1, ...unpackSeries(specificity)),
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
