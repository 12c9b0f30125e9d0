import { UNKNOWN } from "../dataset/entry.ts";
import { type OrderSlot, selectScores, settled } from "./score_order.ts";

/** What a network says of n images, beside what is true: one row an image, L labels a row. */
export interface Predictions {
  /** The names of the L labels, in the order of the columns of `truth` and `scores`. */
  labels: readonly string[];
  /** The n images' names, each once. */
  images: string[];
  /** The patient of each image. */
  patients: string[];
  /** [n, L], row by row: 1 where the image has the finding, 0 where it has not, `UNKNOWN` where that is not known. */
  truth: Uint8Array;
  /** [n, L], row by row: finite, higher where the finding is likelier; calibration wants probabilities. */
  scores: Float64Array;
  /**
   * [n] How many images of the whole data each image stands for, where some were left out; all figures count by it. 1 of
   * each where there is none.
   */
  weights?: Float64Array;
}

/** One label of `Predictions`: k of the n images, those whose ground truth is known, in their order. */
export interface LabelColumn {
  /** [k] The indices of these images among all. */
  images: Uint32Array;
  /** [k] 1 where the image has the finding, else 0. */
  truth: Uint8Array;
  /** [k] Higher where the finding is likelier; not to be changed. */
  scores: Float64Array;
  /** [k] How many images each stands for, where the predictions have weights. */
  weights?: Float64Array;
}

/**
 * Takes one label out of predictions, by its index in `labels`. Images whose ground truth is unknown are left out, so
 * whatever is computed from a column is computed from the others.
 */
export function labelColumn(predictions: Predictions, label: number): LabelColumn {
  const { images: { length }, labels: { length: width }, truth, scores, weights } = predictions;
  let count = 0;
  for (let image = 0; image < length; image++) if (truth[image * width + label] !== UNKNOWN) count++;
  const column = {
    images: new Uint32Array(count),
    truth: new Uint8Array(count),
    scores: settled(new Float64Array(count), orderSlot(predictions, label)),
    ...(weights ? { weights: new Float64Array(count) } : {}),
  };
  for (let image = 0, place = 0; image < length; image++) {
    const value = truth[image * width + label]!;
    if (value === UNKNOWN) continue;
    column.images[place] = image;
    column.truth[place] = value;
    column.scores[place] = scores[image * width + label]!;
    if (weights) column.weights![place] = weights[image]!;
    place++;
  }
  return column;
}

/** The orders of the labels' scores, by the scores of all. */
const orderSlots = new WeakMap<Float64Array, OrderSlot[]>();

/** Where the order of a label's scores is kept, so that each column of it that is made finds it. */
function orderSlot({ scores }: Predictions, label: number): OrderSlot {
  let slots = orderSlots.get(scores);
  if (slots === undefined) orderSlots.set(scores, slots = []);
  return slots[label] ??= { order: null };
}

/** Takes some images out of a column, by their ascending places in it; what is known of the scores' order stays known. */
export function selectPlaces(
  { images, truth, scores, weights }: LabelColumn,
  places: Uint32Array,
): LabelColumn {
  const selected = {
    images: new Uint32Array(places.length),
    truth: new Uint8Array(places.length),
    scores: selectScores(scores, places),
    ...(weights ? { weights: new Float64Array(places.length) } : {}),
  };
  for (let i = 0; i < places.length; i++) {
    selected.images[i] = images[places[i]!]!;
    selected.truth[i] = truth[places[i]!]!;
    if (weights) selected.weights![i] = weights[places[i]!]!;
  }
  return selected;
}

/** Takes some images out of predictions, by their indices, in the order given. */
export function selectImages(predictions: Predictions, indices: ArrayLike<number>): Predictions {
  const { labels, images, patients, truth, scores, weights } = predictions;
  const chosen = Array.from(indices);
  const width = labels.length;
  const selected = {
    labels,
    images: chosen.map((image) => images[image]!),
    patients: chosen.map((image) => patients[image]!),
    truth: new Uint8Array(chosen.length * width),
    scores: new Float64Array(chosen.length * width),
    ...(weights ? { weights: Float64Array.from(chosen, (image) => weights[image]!) } : {}),
  };
  chosen.forEach((image, row) => {
    selected.truth.set(truth.subarray(image * width, (image + 1) * width), row * width);
    selected.scores.set(scores.subarray(image * width, (image + 1) * width), row * width);
  });
  return selected;
}

/** The predictions with each image standing for itself. */
export function withoutWeights({ weights: _, ...predictions }: Predictions): Predictions {
  return predictions;
}

/**
 * The predictions of some of the labels, in their order.
 *
 * @throws {RangeError} Where there is no label of a name.
 */
export function selectLabels(predictions: Predictions, labels: readonly string[]): Predictions {
  const columns = labels.map((label) => predictions.labels.indexOf(label));
  if (columns.includes(-1)) throw new RangeError(`There are no predictions of all of ${labels}`);
  const { length } = predictions.images;
  const place = (i: number) =>
    Math.floor(i / columns.length) * predictions.labels.length + columns[i % columns.length]!;
  const size = length * columns.length;
  return {
    ...predictions,
    labels,
    truth: Uint8Array.from({ length: size }, (_, i) => predictions.truth[place(i)]!),
    scores: Float64Array.from({ length: size }, (_, i) => predictions.scores[place(i)]!),
  };
}
