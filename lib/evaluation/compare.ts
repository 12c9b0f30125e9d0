import { UNKNOWN } from "../dataset/entry.ts";
import { InputError } from "../support/input_error.ts";
import { auc } from "./auc.ts";
import { differenceOf, type Estimate, type EstimatedDifference, meanOfEstimates } from "./estimate.ts";
import { estimateAuc } from "./estimate_auc.ts";
import { holm } from "./holm.ts";
import type { Interval, IntervalOptions } from "./interval.ts";
import { indexPatients, patientsOf } from "./patient_index.ts";
import { labelColumn, type Predictions, selectImages } from "./predictions.ts";
import { summarise } from "./summary.ts";

/** Two AUCs and how they differ. */
export interface AucDifference {
  /** The AUC of the first predictions; null where undefined. */
  first: number | null;
  /** The AUC of the second. */
  second: number | null;
  /** The first less the second; null where one of them is. */
  difference: number | null;
  /** Its interval; null with fewer than three patients who have the finding, or who have not. */
  interval: Interval | null;
  /** The two-sided p-value of no difference; null where there is no interval. */
  pValue: number | null;
}

/** How two AUCs of a label differ. */
export interface LabelDifference extends AucDifference {
  /** The label. */
  name: string;
  /** The number of images with the finding in the first and in the second predictions. */
  positives: [number, number];
  /** The number of patients with the finding, or without it where those are fewer, in the predictions with fewer. */
  patients: number;
  /** The p-value made larger for the number of labels (Holm, 1979). */
  adjustedPValue: number | null;
}

/** How two networks, or two splits, differ. */
export interface Comparison {
  /** Whether both predictions are of the same images. */
  paired: boolean;
  /** The number of images in each. */
  images: [number, number];
  /** How many patients are in both. */
  sharedPatients: number;
  /** Each label's difference. */
  labels: LabelDifference[];
  /** The difference of the mean AUC over those labels that have one, and enough positives, in both. */
  mean: AucDifference & { labels: number };
}

/** What two predictions are compared by. */
export interface CompareOptions extends IntervalOptions {
  /** Labels with fewer positives in either do not count in the mean. Default: 1. */
  minimumPositives?: number;
  /** Whether predictions of the same images have to agree on what is true of each. Default: true. */
  aligned?: boolean;
}

/**
 * Compares two predictions by AUC: of two networks on the same images, or of one recipe on two splits. Intervals and
 * p-values are DeLong's of patients (`estimateAuc`), with the covariance of patients who are in both.
 *
 * @throws {InputError} When they are of different labels, or do not agree on what is true of an image.
 */
export function comparePredictions(
  first: Predictions,
  second: Predictions,
  { minimumPositives = 1, aligned: isAligned = true, ...options }: CompareOptions = {},
): Comparison {
  if (String(first.labels) !== String(second.labels)) {
    throw new InputError(`Predictions of ${second.labels} cannot be compared with those of ${first.labels}`);
  }
  const aligned = isAligned ? alignPredictions(first, second) : null;
  const both = [first, aligned ?? second] as const;
  const patients = indexPatients([...first.patients, ...both[1].patients]);
  const indices = [
    { ...patients, ofImage: patients.ofImage.subarray(0, first.images.length) },
    { ...patients, ofImage: patients.ofImage.subarray(first.images.length) },
  ] as const;
  const pairs = first.labels.map((name, label) => {
    const columns = both.map((predictions) => labelColumn(predictions, label));
    const estimates = columns.map((column, i) => estimateAuc(column, patientsOf(indices[i]!, column.images)));
    return {
      name,
      positives: columns.map(({ truth }) => countOnes(truth)) as [number, number],
      aucs: columns.map((column) => auc(column.truth, column.scores, column)),
      estimates,
    };
  });
  const labels = pairs.map(({ name, positives, aucs, estimates: [one, other] }): LabelDifference => ({
    name,
    positives,
    patients: one && other ? Math.min(one.patients, other.patients) : 0,
    ...differenceBetween(aucs, one && other ? differenceOf(one, other, options) : null),
    adjustedPValue: null,
  }));
  const adjusted = holm(labels.map(({ pValue }) => pValue));
  const counted = pairs.filter(({ aucs, positives }) =>
    !aucs.includes(null) && Math.min(...positives) >= minimumPositives
  );
  const means = [0, 1].map((i) => meanOfEstimates(counted.map(({ estimates }): Estimate => estimates[i]!)));
  return {
    paired: aligned !== null,
    images: [first.images.length, second.images.length],
    sharedPatients: sharedCount(first.patients, second.patients),
    labels: labels.map((label, index) => ({ ...label, adjustedPValue: adjusted[index]! })),
    mean: {
      labels: counted.length,
      ...differenceBetween(
        [0, 1].map((i) => summarise(counted.map(({ aucs }) => aucs[i]!)).mean),
        means[0] && means[1] ? differenceOf(means[0], means[1], options) : null,
      ),
    },
  };
}

/**
 * The second predictions in the order of the first; null where they are of other images.
 *
 * @throws {InputError} Where they do not agree on what is true of an image.
 */
export function alignPredictions(first: Predictions, second: Predictions): Predictions | null {
  if (first.images.length !== second.images.length) return null;
  const places = new Map(second.images.map((image, index) => [image, index]));
  const order = first.images.map((image) => places.get(image));
  if (order.includes(undefined)) return null;
  const aligned = selectImages(second, order as number[]);
  const width = first.labels.length;
  const other = aligned.truth.findIndex((value, index) => value !== first.truth[index]);
  if (other >= 0) {
    const image = first.images[Math.floor(other / width)];
    const [one, two] = [first.truth[other]!, aligned.truth[other]!]
      .map((value) => value === UNKNOWN ? "unknown" : value);
    throw new InputError(
      `Image "${image}" has ${
        first.labels[other % width]
      } ${one} in one of the predictions and ${two} in the other`,
    );
  }
  return aligned;
}

function differenceBetween(
  [first = null, second = null]: readonly (number | null)[],
  estimated: EstimatedDifference | null,
): AucDifference {
  if (first === null || second === null) {
    return { first, second, difference: null, interval: null, pValue: null };
  }
  const { interval = null, pValue = null } = estimated ?? {};
  return { first, second, difference: first - second, interval, pValue };
}

function sharedCount(first: readonly string[], second: readonly string[]): number {
  const known = new Set(first);
  return new Set(second.filter((patient) => known.has(patient))).size;
}

function countOnes(truth: Uint8Array): number {
  return truth.reduce((sum, value) => sum + value, 0);
}
