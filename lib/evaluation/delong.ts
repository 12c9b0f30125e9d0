import { type Interval, type IntervalOptions, LEVEL } from "./interval.ts";
import { midranks } from "./midranks.ts";
import { normalQuantile, normalTail } from "./normal_distribution.ts";

/** An AUC with what DeLong's method says of its error. */
export interface DeLong {
  /** The AUC. */
  auc: number;
  /** The variance of the AUC; null with fewer than two positives or two negatives. */
  variance: number | null;
  /**
   * AUC ± z standard errors, cut at 0 and 1; null where the variance is null or 0 (an AUC of 0 or 1 says nothing
   * about its own error).
   */
  interval: Interval | null;
}

/** How two AUCs of the same images differ. */
export interface DeLongDifference {
  /** The first AUC minus the second. */
  difference: number;
  /** The variance of the difference; null with fewer than two positives or two negatives. */
  variance: number | null;
  /** The difference ± z standard errors; null where the variance is null or 0. */
  interval: Interval | null;
  /** The two-sided p-value of no difference; null where the variance is null or 0. */
  pValue: number | null;
}

/**
 * The variance and interval of an AUC by DeLong, DeLong and Clarke-Pearson (1988), in the fast form of Sun and Xu
 * (2014). It takes the images as independent: where patients have several, the bootstrap over patients holds
 * and this interval is too narrow. Null where there are no positives or no negatives.
 *
 * @param truth 1 where an image has the finding, else 0.
 * @param scores As many scores.
 * @throws {RangeError} When the lengths differ or a score is NaN.
 */
export function deLong(
  truth: ArrayLike<number>,
  scores: ArrayLike<number>,
  { level = LEVEL }: IntervalOptions = {},
): DeLong | null {
  const parts = components(truth, scores);
  if (!parts) return null;
  const variance = varianceOf(parts);
  const interval = around(parts.auc, variance, level);
  return {
    auc: parts.auc,
    variance,
    interval: interval && { low: Math.max(0, interval.low), high: Math.min(1, interval.high) },
  };
}

/**
 * The difference of two AUCs on the same images, with the covariance that this brings (DeLong and others, 1988).
 * Null where there are no positives or no negatives.
 *
 * @param truth 1 where an image has the finding, else 0.
 * @param scores As many scores of the first and of the second network.
 * @throws {RangeError} When the lengths differ or a score is NaN.
 */
export function deLongDifference(
  truth: ArrayLike<number>,
  scores: readonly [ArrayLike<number>, ArrayLike<number>],
  { level = LEVEL }: IntervalOptions = {},
): DeLongDifference | null {
  const first = components(truth, scores[0]);
  const second = components(truth, scores[1]);
  if (!first || !second) return null;
  const parts = {
    auc: first.auc - second.auc,
    positives: first.positives.map((value, index) => value - second.positives[index]!),
    negatives: first.negatives.map((value, index) => value - second.negatives[index]!),
  };
  const variance = varianceOf(parts);
  const interval = around(parts.auc, variance, level);
  return {
    difference: parts.auc,
    variance,
    interval,
    pValue: interval && 2 * normalTail(Math.abs(parts.auc) / Math.sqrt(variance!)),
  };
}

/** An AUC as a mean over positives, and over negatives. */
interface Components {
  auc: number;
  /** For each positive, the part of the negatives that it beats. */
  positives: Float64Array;
  /** For each negative, the part of the positives that beat it. */
  negatives: Float64Array;
}

function components(truth: ArrayLike<number>, scores: ArrayLike<number>): Components | null {
  if (truth.length !== scores.length) {
    throw new RangeError(`${truth.length} truths do not fit ${scores.length} scores`);
  }
  const all = Float64Array.from(scores);
  const isPositive = (_: number, index: number) => truth[index] === 1;
  const isNegative = (_: number, index: number) => truth[index] !== 1;
  const ranks = midranks(all);
  const positiveRanks = midranks(all.filter(isPositive));
  const negativeRanks = midranks(all.filter(isNegative));
  const m = positiveRanks.length;
  const n = negativeRanks.length;
  if (m === 0 || n === 0) return null;
  const positives = ranks.filter(isPositive).map((rank, index) => (rank - positiveRanks[index]!) / n);
  const negatives = ranks.filter(isNegative).map((rank, index) => 1 - (rank - negativeRanks[index]!) / m);
  return { auc: mean(positives), positives, negatives };
}

function varianceOf({ positives, negatives }: Components): number | null {
  if (positives.length < 2 || negatives.length < 2) return null;
  return sampleVariance(positives) / positives.length + sampleVariance(negatives) / negatives.length;
}

function sampleVariance(values: Float64Array): number {
  const centre = mean(values);
  return values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1);
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function around(value: number, variance: number | null, level: number): Interval | null {
  if (!variance) return null;
  const half = normalQuantile((1 + level) / 2) * Math.sqrt(variance);
  return { low: value - half, high: value + half };
}
