import { UNKNOWN } from "../dataset/entry.ts";
import { InputError } from "../support/input_error.ts";
import { aucByLabel } from "./auc.ts";
import { type BootstrapAreas, bootstrapAreas, meanOverLabels } from "./bootstrap_auc.ts";
import { type DeLongDifference, deLongDifference } from "./delong.ts";
import { holm } from "./holm.ts";
import { type Interval, type IntervalOptions, percentileInterval } from "./interval.ts";
import { labelColumn, type Predictions, selectImages } from "./predictions.ts";
import { indexPatients, type ResampleOptions } from "./resample_patients.ts";
import { summarise } from "./summary.ts";

/** Two AUCs and how they differ, with the interval of the bootstrap over patients. */
export interface AucDifference {
  /** The AUC of the first predictions; null where undefined. */
  first: number | null;
  /** The AUC of the second. */
  second: number | null;
  /** The first less the second; null where one of them is. */
  difference: number | null;
  /** Its interval. */
  interval: Interval | null;
}

/** How two AUCs of a label differ. */
export interface LabelDifference extends AucDifference {
  /** The label. */
  name: string;
  /** The number of images with the finding in the first and in the second predictions. */
  positives: [number, number];
  /** DeLong's test, who takes images as independent; null where the predictions are of other images. */
  deLong: DeLongDifference | null;
  /** DeLong's p-value made larger for the number of labels (Holm, 1979). */
  adjustedPValue: number | null;
}

/** How two networks, or two splits, differ. */
export interface Comparison {
  /**
   * Whether both predictions are of the same images, which are then drawn together. Otherwise they are drawn apart, and
   * where they share some patients the intervals are rather too wide.
   */
  paired: boolean;
  /** The number of images in each. */
  images: [number, number];
  /** Each label's difference. */
  labels: LabelDifference[];
  /** The difference of the mean AUC over those labels that have one, and enough positives, in both. */
  mean: AucDifference & { labels: number };
}

/** What two predictions are compared by. */
export interface CompareOptions extends ResampleOptions, IntervalOptions {
  /** Labels with fewer positives in either do not count in the mean. Default: 1. */
  minimumPositives?: number;
}

/**
 * Compares two predictions by AUC: of two networks on the same images, or of one recipe on two splits.
 *
 * @throws {InputError} When they are of different labels, or do not agree on what is true of an image.
 */
export function comparePredictions(
  first: Predictions,
  second: Predictions,
  { minimumPositives = 1, ...options }: CompareOptions = {},
): Comparison {
  if (String(first.labels) !== String(second.labels)) {
    throw new InputError(`Predictions of ${second.labels} cannot be compared with those of ${first.labels}`);
  }
  const aligned = align(first, second);
  const other = aligned ?? second;
  const areas = [aucByLabel(first), aucByLabel(other)] as const;
  const drawn = drawBoth(first, other, { ...options, paired: aligned !== null });
  const labels = first.labels.map((name, label): LabelDifference => {
    const columns = [labelColumn(first, label), labelColumn(other, label)] as const;
    const { truth, scores } = columns[0];
    return {
      name,
      positives: [countOnes(truth), countOnes(columns[1].truth)],
      ...difference(areas[0][label]!, areas[1][label]!, { drawn: drawn[label]!, ...options }),
      deLong: aligned && deLongDifference(truth, [scores, columns[1].scores], options),
      adjustedPValue: null,
    };
  });
  const adjusted = holm(labels.map(({ deLong }) => deLong?.pValue ?? null));
  const defined = labels.flatMap(({ difference, positives }, index) =>
    difference === null || Math.min(...positives) < minimumPositives ? [] : [index]
  );
  const mean = (of: readonly (number | null)[]) => summarise(defined.map((label) => of[label]!)).mean;
  return {
    paired: aligned !== null,
    images: [first.images.length, second.images.length],
    labels: labels.map((label, index) => ({ ...label, adjustedPValue: adjusted[index]! })),
    mean: {
      labels: defined.length,
      ...difference(mean(areas[0]), mean(areas[1]), {
        drawn: meanOverLabels(defined.map((label) => drawn[label]!)),
        ...options,
      }),
    },
  };
}

/** The second predictions in the order of the first; null where they are of other images. */
function align(first: Predictions, second: Predictions): Predictions | null {
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

/** The differences of each label's AUC in every resample. */
function drawBoth(
  first: Predictions,
  second: Predictions,
  { paired, ...options }: ResampleOptions & { paired: boolean },
): Float64Array[] {
  const draw = (predictions: Predictions, seed: number): BootstrapAreas[] =>
    bootstrapAreas(predictions, indexPatients(predictions.patients), { ...options, seed });
  const { seed = 0 } = options;
  const others = draw(second, paired ? seed : seed + 1);
  return draw(first, seed).map(({ auc }, label) =>
    auc.map((area, resample) => area - others[label]!.auc[resample]!)
  );
}

function difference(
  first: number | null,
  second: number | null,
  { drawn, ...options }: IntervalOptions & { drawn: Float64Array },
): AucDifference {
  if (first === null || second === null) return { first, second, difference: null, interval: null };
  return { first, second, difference: first - second, interval: percentileInterval(drawn, options) };
}

function countOnes(truth: Uint8Array): number {
  return truth.reduce((sum, value) => sum + value, 0);
}
