import {
  differenceOf,
  type Estimate,
  type EstimatedDifference,
  intervalOf,
  meanOfEstimates,
} from "./estimate.ts";
import { estimateMean } from "./estimate_mean.ts";
import type { Interval, IntervalOptions } from "./interval.ts";
import { countPatients, type PatientIndex, patientsOf, renumberPatients } from "./patient_index.ts";
import type { LabelColumn } from "./predictions.ts";
import { type Proportion, proportionOf } from "./proportion.ts";

/** What is compared between subgroups beside the AUC. */
export type Rate = "sensitivity" | "specificity" | "calibration";

/** The rates, in the order in which they are shown. */
export const RATE_NAMES = ["sensitivity", "specificity", "calibration"] as const satisfies readonly Rate[];

/** By how much a rate differs from that of the attribute's largest subgroup. */
export interface RateGap {
  /** The subgroup's less the largest one's. */
  difference: number;
  /** Its interval, with the covariance of patients in both; null with fewer than three patients of a kind. */
  interval: Interval | null;
}

/** How decisions and probabilities of a label do in a subgroup. */
export interface LabelRates {
  /** The fraction of the images with the finding that the run's threshold calls positive. */
  sensitivity: Proportion | null;
  /** The rest of them, missed: underdiagnosis. */
  falseNegativeRate: Proportion | null;
  /** The fraction of the images without the finding that it calls negative. */
  specificity: Proportion | null;
  /**
   * Calibration in the large: how frequent the finding is, less the mean probability. Above 0 it is more frequent than the
   * network says, which underestimates the subgroup.
   */
  calibration: Interval & { value: number } | null;
  /** How these differ from the largest subgroup of the attribute; null in that itself. */
  gaps: Record<Rate, RateGap | null>;
}

/** A label's decisions and probabilities, for some images. */
export interface RatedColumn {
  /** The images and their ground truth. */
  column: LabelColumn;
  /** [k] 1 where an image is called positive, else 0; null without a threshold. */
  called: ArrayLike<number> | null;
  /** [k] Each image's probability; null without. */
  probabilities: ArrayLike<number> | null;
}

/** What is known of a label's rates in a subgroup and of their errors; of calibration, (1 + it) / 2. */
export type RateEstimates = Record<Rate, Estimate | null>;

/** Which images of a column are of a subgroup. */
export interface RatedImages {
  /** The places of its images in the column. */
  inside: Uint32Array;
  /** The patients of the column's images, by numbers that all subgroups share. */
  patients: PatientIndex;
}

/** Estimates a label's rates in a subgroup, so that subgroups can be compared. */
export function estimateRates(
  { column, called, probabilities }: RatedColumn,
  { inside, patients }: RatedImages,
): RateEstimates {
  const { truth, weights } = column;
  const { positives, negatives } = divided(truth, inside);
  const estimated = (images: Uint32Array, value: (i: number) => number, prior?: number) => {
    const values = new Float64Array(images.length);
    const own = new Float64Array(images.length).fill(1);
    for (let place = 0; place < images.length; place++) {
      values[place] = value(images[place]!);
      if (weights) own[place] = weights[images[place]!]!;
    }
    return estimateMean(
      { values, weights: own, ...(prior === undefined ? {} : { prior }) },
      patientsOf(patients, images),
    );
  };
  const distinct = (images: Uint32Array) => countPatients(patients, images);
  const half = probabilities && estimated(
    inside,
    (i) => (1 + truth[i]! - probabilities[i]!) / 2,
    positives.length * negatives.length / Math.max(1, inside.length) ** 2 / 4,
  );
  return {
    sensitivity: called && estimated(positives, (i) => called[i]!),
    specificity: called && estimated(negatives, (i) => 1 - called[i]!),
    calibration: half && { ...half, patients: Math.min(distinct(positives), distinct(negatives)) },
  };
}

/** The places of images with the finding, and of those without it. */
function divided(truth: Uint8Array, inside: Uint32Array) {
  const positives = new Uint32Array(inside.length);
  const negatives = new Uint32Array(inside.length);
  let [found, others] = [0, 0];
  for (let place = 0; place < inside.length; place++) {
    if (truth[inside[place]!] === 1) positives[found++] = inside[place]!;
    else negatives[others++] = inside[place]!;
  }
  return { positives: positives.slice(0, found), negatives: negatives.slice(0, others) };
}

/** A label's rates in a subgroup, with intervals; `calibration` is its estimate. */
export function labelRates(
  { column: { truth, weights }, called }: RatedColumn,
  { inside, patients, calibration, ...options }:
    & RatedImages
    & { calibration: Estimate | null }
    & IntervalOptions,
): Omit<LabelRates, "gaps"> {
  const { positives, negatives } = divided(truth, inside);
  // Patients are numbered anew: a proportion needs those of its own images alone.
  const proportionIn = (images: Uint32Array) => {
    const own = renumberPatients(patients, images);
    const places = new Uint32Array(images.length);
    for (let place = 0; place < places.length; place++) places[place] = place;
    const parts = { images: places, weights: weights && Float64Array.from(images, (i) => weights[i]!) };
    return (value: 0 | 1) =>
      proportionOf({ ...parts, holds: (place) => called![images[place]!] === value, ...options }, own);
  };
  const [ofPositives, ofNegatives] = called === null
    ? [() => null, () => null]
    : [proportionIn(positives), proportionIn(negatives)];
  const interval = calibration && intervalOf(calibration, options);
  return {
    sensitivity: ofPositives(1),
    falseNegativeRate: ofPositives(0),
    specificity: ofNegatives(0),
    calibration: calibration && interval && {
      value: 2 * calibration.value - 1,
      low: 2 * interval.low - 1,
      high: 2 * interval.high - 1,
    },
  };
}

/** The means over labels of a subgroup's rates, and how they differ from the largest subgroup's. */
export interface MeanRate {
  /** The mean over the labels that have the rate; null where none has. */
  value: number | null;
  /** Its interval. */
  interval: Interval | null;
  /** Its gap over the labels that have the rate in both; null in the largest subgroup. */
  gap: (RateGap & { pValue: number | null }) | null;
}

/** By how much each label's rates differ from those of another subgroup. */
export function gapsOf(
  own: RateEstimates,
  largest: RateEstimates | null,
  options: IntervalOptions,
): Record<Rate, RateGap | null> {
  const gap = (rate: Rate) => {
    const [a, b] = [own[rate], largest?.[rate]];
    if (!a || !b) return null;
    const { difference, interval } = scaled(rate, differenceOf(a, b, options));
    return { difference, interval };
  };
  return {
    sensitivity: gap("sensitivity"),
    specificity: gap("specificity"),
    calibration: gap("calibration"),
  };
}

/** The mean of a rate over labels; those of the largest subgroup are of the same labels in the same order. */
export function meanRate(
  rate: Rate,
  { own, largest }: { own: readonly RateEstimates[]; largest: readonly RateEstimates[] | null },
  options: IntervalOptions,
): MeanRate {
  const mean = meanOfEstimates(own.flatMap((estimates) => estimates[rate] ?? []));
  const interval = mean && intervalOf(mean, options);
  const shared = (largest ?? []).flatMap((estimates, label) => {
    const [a, b] = [own[label]![rate], estimates[rate]];
    return a && b ? [[a, b] as const] : [];
  });
  const means = [0, 1].map((i) => meanOfEstimates(shared.map((pair) => pair[i as 0 | 1])));
  const back = (value: number) => rate === "calibration" ? 2 * value - 1 : value;
  return {
    value: mean && back(mean.value),
    interval: interval && { low: back(interval.low), high: back(interval.high) },
    gap: means[0] && means[1] ? scaled(rate, differenceOf(means[0], means[1], options)) : null,
  };
}

/** A difference of the estimates of a rate as one of the rate itself. */
function scaled(rate: Rate, { difference, interval, pValue }: EstimatedDifference): EstimatedDifference {
  const factor = rate === "calibration" ? 2 : 1;
  return {
    difference: factor * difference,
    interval: interval && { low: factor * interval.low, high: factor * interval.high },
    pValue,
  };
}
