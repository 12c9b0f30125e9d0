import { type Entry, isSamePatient, truthOf, UNKNOWN } from "../dataset/entry.ts";
import { type FoundImage, imageFinder } from "../dataset/image_names.ts";
import { plainName } from "../dataset/label_synonyms.ts";
import { rowName } from "../support/csv.ts";
import { type CsvColumns, readCsvColumns } from "../support/csv_columns.ts";
import { InputError } from "../support/input_error.ts";
import { isNumber } from "../support/numbers.ts";
import { brief, quote } from "../support/printable.ts";
import { sigmoid } from "./logistic_regression.ts";
import type { Predictions } from "./predictions.ts";
import { describeScores } from "./score_range.ts";
import {
  type FindingColumn,
  namesFinding,
  type ScoreColumns,
  scoreColumns,
  truthOfCell,
} from "./score_columns.ts";
import { counted } from "../support/decimals.ts";

/** What the column of images may be called, in the spelling of `plainName`. */
const IMAGE_NAMES: ReadonlySet<string> = new Set(
  ("image images image_index imageindex image_id imageid image_name imagename image_path imagepath image_file img " +
    "img_name img_path filename file_name file filepath file_path path dicom_id").split(" "),
);

/** What the column of patients may be called. */
const PATIENT_NAMES: ReadonlySet<string> = new Set("patient patient_id patientid subject_id".split(" "));

/** What the column of weights may be called. */
const WEIGHT_NAMES: ReadonlySet<string> = new Set("weight weights sample_weight".split(" "));

/** How `readAnyPredictions` reads. */
export interface ReadAnyPredictionsOptions {
  /** The metadata of all images that the file may name. */
  entries: readonly Entry[];
  /** The data set's findings. */
  findings: readonly string[];
  /** How the names of the scores' columns are made, as in `LABEL_prob`; told from all names where it is not given. */
  columns?: string | undefined;
  /** Whether the scores are logits, to be made probabilities by the sigmoid. Default: false. */
  logits?: boolean | undefined;
}

/** What the columns of a file of predictions were read as. */
export interface ReadColumns extends ScoreColumns {
  /** The names of those that name the images. */
  images: string[];
  truth: ComparedColumn[];
}

/** A column of ground truth beside the metadata, over the rows of which both say something. */
export interface ComparedColumn extends FindingColumn {
  /** The number of these rows. */
  compared: number;
  /** In how many they say something else. */
  differing: number;
}

/** The predictions of any model, and how its file was understood. */
export interface AnyPredictions {
  predictions: Predictions;
  /** The metadata of the images, in their order. */
  entries: Entry[];
  columns: ReadColumns;
  /** What the user should know of the file, a sentence each. */
  notes: string[];
}

/**
 * Reads the scores of any model from a CSV with a row an image, and takes the ground truth from the metadata. The column
 * of images is `image`, `Image Index`, `path` or the like, or whichever holds names of images in every row; its cells may
 * have more folders than the metadata or fewer, backslashes, and other file endings. The columns of scores are those of
 * one form over all findings (see `scoreColumns`). A column `weight` is how many images each stands for, as in a run's own
 * `predictions.csv` where images with no finding were left out. A column of ground truth is compared with the metadata.
 *
 * @throws {InputError} When the file is no CSV or has no rows, when it cannot be told which columns hold the images or the
 * scores, or when a row has an image twice or one that the metadata has not, a score that is no finite number, or a weight that is no number
 * above 0.
 */
export async function readAnyPredictions(
  file: string,
  options: ReadAnyPredictionsOptions,
): Promise<AnyPredictions> {
  const { entries, findings, columns: form, logits = false } = options;
  const csv = await readCsvColumns(
    file,
    (name) => !IMAGE_NAMES.has(plainName(name)) && namesFinding(name, findings),
  );
  if (csv.length === 0) throw new InputError(`${file} has a header and no rows`);
  const images = findImages(csv, entries);
  const patients = csv.header.flatMap((name, column) => PATIENT_NAMES.has(plainName(name)) ? [column] : []);
  const weighting = csv.header.flatMap((name, column) => WEIGHT_NAMES.has(plainName(name)) ? [column] : []);
  if (weighting.length > 1) {
    throw new InputError(
      `${file}, row 1: weights in ${weighting.map((column) => quote(csv.header[column]!)).join(" and ")}`,
    );
  }
  const columns = scoreColumns(csv, {
    findings,
    form,
    taken: [...images.columns, ...patients, ...weighting],
    isTruth: (column) => {
      const { differing, positives } = compareTruth(csv, column, images.entries);
      return differing === 0 && positives > 0;
    },
  });
  const scores = readScores(csv, columns.scores);
  const truth = columns.truth.map((column) => ({ ...column, ...compareTruth(csv, column, images.entries) }));
  return {
    predictions: {
      labels: columns.scores.map(({ finding }) => finding),
      images: images.entries.map(({ image }) => image),
      patients: images.entries.map(({ patient }) => patient),
      truth: truthsOf(images.entries, columns.scores),
      scores: logits ? scores.map(sigmoid) : scores,
      ...(weighting[0] === undefined ? {} : { weights: readWeights(csv, weighting[0]) }),
    },
    entries: images.entries,
    columns: { ...columns, truth, images: images.columns.map((column) => csv.header[column]!) },
    notes: [
      ...(columns.missing.length === 0 ? [] : [
        `A mean is over ${columns.scores.length} of ${findings.length} findings: the file has no scores of ` +
        `${columns.missing.join(", ")}.`,
      ]),
      ...images.notes,
      ...patients.flatMap((column) => notesOnPatients(csv, column, images.entries)),
      ...weighting.map((column) => `Images count by their weights in ${quote(csv.header[column]!)}.`),
      ...truth.flatMap(notesOnTruth),
      ...columns.scores.flatMap((column) => notesOnDecisions(csv, column, images.entries)),
      ...describeScores(columns.scores.map(({ finding }) => finding), scores, { logits }),
    ],
  };
}

/** Finds the columns that name the images, and each row's image. */
function findImages(
  csv: CsvColumns,
  entries: readonly Entry[],
): { columns: number[]; entries: Entry[]; notes: string[] } {
  const find = imageFinder(entries);
  const named = csv.header.flatMap((name, column) => IMAGE_NAMES.has(plainName(name)) ? [column] : []);
  const isFound = (column: number) => (row: number) => foundIn(find, csv.cell(row, column)) !== null;
  const rows = Array.from(csv.numbers.keys());
  let columns = named.filter((column) => rows.some(isFound(column)));
  if (named.length === 0) {
    columns = csv.header.flatMap((_, column) => rows.every(isFound(column)) ? [column] : []);
  }
  const [column = named[0], ...others] = columns;
  if (column === undefined) {
    throw new InputError(`${csv.file}, row 1: no column "image" in ${quote(csv.header.join(","))}`);
  }
  const seen = new Set<Entry>();
  const other: string[] = [];
  const found = rows.map((row) => {
    const fail = (message: string) => new InputError(`${rowName(csv, row)}: ${message}`);
    const cell = csv.cell(row, column);
    const entry = foundIn(find, cell, fail);
    if (entry === null) throw fail(`image ${quote(cell)} is not in the metadata`);
    for (const second of others) {
      const name = csv.cell(row, second);
      if (foundIn(find, name, fail)?.image === entry.image) continue;
      throw fail(
        `${quote(csv.header[column]!)} ${quote(cell)} and ${quote(csv.header[second]!)} ` +
          `${quote(name)} are different images`,
      );
    }
    if (seen.has(entry.image)) throw fail(`image ${quote(cell)} is already in a row above`);
    seen.add(entry.image);
    if (!entry.sameEnding) other.push(cell);
    return entry.image;
  });
  const notes = other.length === 0 ? [] : [
    `${counted(other.length, "image")} in ${quote(csv.header[column]!)} ${
      other.length === 1 ? "was" : "were"
    } found ` +
    `without the file's ending, such as ${quote(other[0]!)}.`,
  ];
  return { columns: [column, ...others], entries: found, notes };
}

/** What a cell names; where it may be several images, null, or the error that `fail` makes of it. */
function foundIn(
  find: ReturnType<typeof imageFinder<Entry>>,
  cell: string,
  fail?: (message: string) => InputError,
): FoundImage<Entry> | null {
  try {
    return find(cell);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    if (fail) throw fail(error.message);
    return null;
  }
}

/** [rows, columns] The metadata's ground truth of findings, row by row. */
function truthsOf(entries: readonly Entry[], columns: readonly FindingColumn[]): Uint8Array {
  const truth = new Uint8Array(new SharedArrayBuffer(entries.length * columns.length));
  entries.forEach((entry, row) =>
    columns.forEach(({ finding }, i) => truth[row * columns.length + i] = truthOf(entry, finding))
  );
  return truth;
}

/** Reads columns of scores: [rows, columns], row by row. */
function readScores(csv: CsvColumns, columns: readonly FindingColumn[]): Float64Array {
  const width = columns.length;
  // Shared memory, so that threads that judge them need no copies.
  const scores = new Float64Array(new SharedArrayBuffer(8 * csv.length * width));
  let wrong = { row: csv.length, name: "", column: 0 };
  columns.forEach(({ column, name }, i) => {
    const values = csv.values(column);
    for (let row = 0; row < values.length; row++) {
      const value = values[row]!;
      if (Number.isNaN(value) && row < wrong.row) wrong = { row, name, column };
      scores[row * width + i] = value;
    }
  });
  if (wrong.row < csv.length) {
    const cell = csv.cell(wrong.row, wrong.column);
    throw new InputError(
      `${rowName(csv, wrong.row)}: ${brief(wrong.name)} ${quote(cell)} is not a finite number`,
    );
  }
  return scores;
}

/** [rows] Reads the column of weights. */
function readWeights(csv: CsvColumns, column: number): Float64Array {
  return Float64Array.from({ length: csv.length }, (_, index) => {
    const cell = csv.cell(index, column);
    if (isNumber(cell) && Number(cell) > 0) return Number(cell);
    throw new InputError(
      `${rowName(csv, index)}: ${brief(csv.header[column]!)} ${quote(cell)} is not a number above 0`,
    );
  });
}

/** How a column of ground truth differs from the metadata, over the rows of which both say something. */
function compareTruth(csv: CsvColumns, { column, finding }: FindingColumn, entries: readonly Entry[]) {
  let [compared, differing, positives] = [0, 0, 0];
  const values = csv.values(column);
  for (let row = 0; row < csv.length; row++) {
    const value = values[row]!;
    if (value !== 0 && value !== 1 && !Number.isNaN(value)) continue;
    const said = truthOfCell(csv.cell(row, column));
    const truth = truthOf(entries[row]!, finding);
    if (said === null || truth === UNKNOWN) continue;
    compared++;
    positives += said;
    if (said !== truth) differing++;
  }
  return { compared, differing, positives };
}

function notesOnTruth({ name, compared, differing }: ComparedColumn): string[] {
  if (differing === 0) return [];
  return [
    `The ground truth in ${quote(name)} is another than the metadata's in ${counted(differing)} of ` +
    `${counted(compared, "row")}; the metadata's is used.`,
  ];
}

/** How scores that are all 0 and 1 compare with the metadata: they may be ground truth. */
function notesOnDecisions(csv: CsvColumns, column: FindingColumn, entries: readonly Entry[]): string[] {
  const { compared, differing, positives } = compareTruth(csv, column, entries);
  if (compared < csv.length || positives === 0) return [];
  const agreement = differing === 0
    ? "are the metadata's ground truth in every row"
    : `differ from the metadata's ground truth in ${counted(differing)} of ${counted(compared, "row")}`;
  return [`0 and 1 in ${quote(column.name)} ${agreement}: are they scores?`];
}

function notesOnPatients(csv: CsvColumns, column: number, entries: readonly Entry[]): string[] {
  let differing = 0;
  entries.forEach(({ patient }, row) => {
    if (!isSamePatient(csv.cell(row, column), patient)) differing++;
  });
  if (differing === 0) return [];
  return [
    `The patient in ${quote(csv.header[column]!)} is another than the metadata's in ${counted(differing)} ` +
    `of ${counted(csv.length, "row")}; the metadata's is used.`,
  ];
}
