import { UNKNOWN } from "../dataset/entry.ts";
import { columnOf, type Csv, csvText, readCsv, rowName } from "../support/csv.ts";
import { InputError } from "../support/input_error.ts";
import { isNumber } from "../support/numbers.ts";
import { brief, quote } from "../support/printable.ts";

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
  /** [k] Higher where the finding is likelier. */
  scores: Float64Array;
  /** [k] How many images each stands for, where the predictions have weights. */
  weights?: Float64Array;
}

const SCORE = "_score";

const WEIGHT = "weight";

/**
 * Takes one label out of predictions, by its index in `labels`. Images whose ground truth is unknown are left out, so
 * whatever is computed from a column is computed from the others.
 */
export function labelColumn(predictions: Predictions, label: number): LabelColumn {
  const { images: { length }, labels: { length: width }, truth, scores, weights } = predictions;
  const known = new Uint32Array(length).map((_, image) => image)
    .filter((image) => truth[image * width + label] !== UNKNOWN);
  return {
    images: known,
    truth: Uint8Array.from(known, (image) => truth[image * width + label]!),
    scores: Float64Array.from(known, (image) => scores[image * width + label]!),
    ...(weights ? { weights: Float64Array.from(known, (image) => weights[image]!) } : {}),
  };
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
 * The text of a `predictions.csv`: `image`, `patient` and, where there are weights, `weight`, then for each label its truth
 * (`Mass`: 0, 1, or empty where it is unknown) and its score (`Mass_score`) with as many digits as give back the same
 * double.
 *
 * @throws {RangeError} When the lengths do not fit, or a score is not finite.
 */
export function predictionsCsv(predictions: Predictions): string {
  const { labels, images, patients, truth, scores, weights } = predictions;
  const width = labels.length;
  if (
    patients.length !== images.length || truth.length !== images.length * width ||
    scores.length !== images.length * width
  ) {
    throw new RangeError(
      `Predictions of ${images.length} images and ${width} labels do not fit their arrays`,
    );
  }
  const rows = images.map((image, row) => [
    image,
    patients[row]!,
    ...(weights ? [weights[row]!] : []),
    ...labels.flatMap((label, column) => {
      const score = scores[row * width + column]!;
      if (!Number.isFinite(score)) {
        throw new RangeError(`The score of ${label} for image ${image} is ${score}`);
      }
      const value = truth[row * width + column]!;
      return [value === UNKNOWN ? "" : value, score];
    }),
  ]);
  const header = [
    "image",
    "patient",
    ...(weights ? [WEIGHT] : []),
    ...labels.flatMap((label) => [label, label + SCORE]),
  ];
  return csvText([header, ...rows]);
}

/**
 * Reads and checks a `predictions.csv` (or `.csv.gz`): each column `<Label>_score` is a label, with its truth in
 * the column `<Label>`; `weight` is how many images each stands for; labels come in the order of the file, other columns
 * are left.
 *
 * @throws {InputError} When the file is no CSV, has no rows, lacks a column or has one twice, names an image
 * twice, or has a cell that cannot be read: no patient, a truth that is not 0, 1 or empty, a score that is no finite
 * number, a weight that is no number above 0.
 */
export async function readPredictions(file: string): Promise<Predictions> {
  const csv = await readCsv(file);
  const labels = labelsOf(csv);
  if (csv.rows.length === 0) throw new InputError(`${file} has a header and no rows`);
  const columns = {
    image: columnOf(csv, "image"),
    patient: columnOf(csv, "patient"),
    truth: labels.map((label) => columnOf(csv, label)),
    scores: labels.map((label) => columnOf(csv, label + SCORE)),
  };
  const weightColumn = csv.header.indexOf(WEIGHT);
  const size = csv.rows.length * labels.length;
  const predictions = {
    labels,
    images: csv.rows.map((row) => row[columns.image]!),
    patients: [] as string[],
    truth: new Uint8Array(size),
    scores: new Float64Array(size),
    ...(weightColumn < 0 ? {} : { weights: new Float64Array(csv.rows.length) }),
  };
  const images = new Set<string>();
  csv.rows.forEach((row, index) => {
    const fail = (message: string) => new InputError(`${rowName(csv, index)}: ${message}`);
    const image = row[columns.image]!;
    if (image === "") throw fail("no image name");
    if (images.has(image)) throw fail(`image ${quote(image)} is already in a row above`);
    images.add(image);
    const patient = row[columns.patient]!;
    if (patient === "") throw fail("no patient");
    predictions.patients.push(patient);
    if (predictions.weights) {
      const weight = row[weightColumn]!;
      if (!isNumber(weight) || Number(weight) <= 0) {
        throw fail(`weight ${quote(weight)} is not a number above 0`);
      }
      predictions.weights[index] = Number(weight);
    }
    labels.forEach((label, column) => {
      const truth = row[columns.truth[column]!]!;
      if (truth !== "" && truth !== "0" && truth !== "1") {
        throw fail(`${brief(label)} ${quote(truth)} is not 0, 1 or empty`);
      }
      const score = row[columns.scores[column]!]!;
      if (!isNumber(score)) throw fail(`${brief(label + SCORE)} ${quote(score)} is not a finite number`);
      predictions.truth[index * labels.length + column] = truth === "" ? UNKNOWN : Number(truth);
      predictions.scores[index * labels.length + column] = Number(score);
    });
  });
  return predictions;
}

function labelsOf({ file, header }: Csv): string[] {
  const labels = header.filter((name) => name.endsWith(SCORE) && name !== SCORE)
    .map((name) => name.slice(0, -SCORE.length));
  if (labels.length === 0) {
    throw new InputError(`${file}, row 1: no column "<Label>${SCORE}" in ${quote(header.join(","))}`);
  }
  return labels;
}
