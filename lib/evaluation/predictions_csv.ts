import { UNKNOWN } from "../dataset/entry.ts";
import { columnOf, type Csv, csvLine, readCsvPieces, rowName } from "../support/csv.ts";
import { InputError } from "../support/input_error.ts";
import { isNumber } from "../support/numbers.ts";
import { brief, quote } from "../support/printable.ts";
import type { Predictions } from "./predictions.ts";

const SCORE = "_score";

const WEIGHT = "weight";

/**
 * The text of a `predictions.csv`: `image`, `patient` and, where there are weights, `weight`, then for each label its truth
 * (`Mass`: 0, 1, or empty where it is unknown) and its score (`Mass_score`) with as many digits as give back the same
 * double.
 *
 * @throws {RangeError} When the lengths do not fit, or a score is not finite.
 */
export function predictionsCsv(predictions: Predictions): string {
  return [...predictionsCsvPieces(predictions)].join("");
}

/** The rows of a piece of text. */
const ROWS_A_PIECE = 4096;

/**
 * The same in pieces of some rows, so that it need not be in memory as a whole.
 *
 * @param options `header` is false for predictions that follow others of the same labels in a file.
 * @throws {RangeError} As {@linkcode predictionsCsv}; for the score, at its piece.
 */
export function* predictionsCsvPieces(
  predictions: Predictions,
  options: { header?: boolean } = {},
): Generator<string> {
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
  const header = [
    "image",
    "patient",
    ...(weights ? [WEIGHT] : []),
    ...labels.flatMap((label) => [label, label + SCORE]),
  ];
  let piece = options.header === false ? "" : csvLine(header);
  const cells: (string | number)[] = [];
  for (let row = 0; row < images.length; row++) {
    cells.length = 0;
    cells.push(images[row]!, patients[row]!);
    if (weights) cells.push(weights[row]!);
    for (let column = 0; column < width; column++) {
      const score = scores[row * width + column]!;
      if (!Number.isFinite(score)) {
        throw new RangeError(`The score of ${labels[column]} for image ${images[row]} is ${score}`);
      }
      const value = truth[row * width + column]!;
      cells.push(value === UNKNOWN ? "" : value, score);
    }
    piece += csvLine(cells);
    if ((row + 1) % ROWS_A_PIECE !== 0) continue;
    yield piece;
    piece = "";
  }
  if (piece !== "") yield piece;
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
  const pieces: Predictions[] = [];
  const images = new Set<string>();
  for await (const piece of readPredictionsPieces(file, { images })) pieces.push(piece);
  return joined(pieces);
}

/**
 * Reads a `predictions.csv` as {@linkcode readPredictions} does, some thousand images at a time: memory does not grow with
 * their number. Whether an image is named twice is checked only where `images` keeps their names.
 *
 * @throws {InputError} As `readPredictions`, when the row is reached.
 */
export async function* readPredictionsPieces(
  file: string,
  { images }: { images?: Set<string> } = {},
): AsyncGenerator<Predictions> {
  let rows = 0;
  for await (const csv of readCsvPieces(file)) {
    rows += csv.rows.length;
    const labels = labelsOf(csv);
    if (csv.rows.length > 0) yield predictionsOf(csv, labels, images);
  }
  if (rows === 0) throw new InputError(`${file} has a header and no rows`);
}

/** Predictions of the same labels, one after the other. */
function joined(pieces: readonly Predictions[]): Predictions {
  const [first] = pieces as [Predictions];
  if (pieces.length === 1) return first;
  const count = pieces.reduce((sum, { images }) => sum + images.length, 0);
  const width = first.labels.length;
  const all = {
    labels: first.labels,
    images: new Array<string>(count),
    patients: new Array<string>(count),
    truth: new Uint8Array(count * width),
    scores: new Float64Array(count * width),
    ...(first.weights ? { weights: new Float64Array(count) } : {}),
  };
  let at = 0;
  for (const { images, patients, truth, scores, weights } of pieces) {
    for (let i = 0; i < images.length; i++) {
      all.images[at + i] = images[i]!;
      all.patients[at + i] = patients[i]!;
    }
    all.truth.set(truth, at * width);
    all.scores.set(scores, at * width);
    if (weights) all.weights!.set(weights, at);
    at += images.length;
  }
  return all;
}

function predictionsOf(csv: Csv, labels: string[], images: Set<string> | undefined): Predictions {
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
  csv.rows.forEach((row, index) => {
    const fail = (message: string) => new InputError(`${rowName(csv, index)}: ${message}`);
    const image = row[columns.image]!;
    if (image === "") throw fail("no image name");
    if (images?.has(image)) throw fail(`image ${quote(image)} is already in a row above`);
    images?.add(image);
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
