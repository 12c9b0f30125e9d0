import { type Entry, isSamePatient, truthOf, UNKNOWN } from "../dataset/entry.ts";
import { type FoundImage, imageFinder } from "../dataset/image_names.ts";
import { plainName } from "../dataset/label_synonyms.ts";
import { type Csv, readCsv, rowName } from "../support/csv.ts";
import { InputError } from "../support/input_error.ts";
import { isNumber } from "../support/numbers.ts";
import { brief, quote } from "../support/printable.ts";
import { sigmoid } from "./logistic_regression.ts";
import type { Predictions } from "./predictions.ts";
import { describeScores } from "./score_range.ts";
import { type FindingColumn, type ScoreColumns, scoreColumns, truthOfCell } from "./score_columns.ts";

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
  const csv = await readCsv(file);
  if (csv.rows.length === 0) throw new InputError(`${file} has a header and no rows`);
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
      truth: Uint8Array.from(
        images.entries.flatMap((entry) => columns.scores.map(({ finding }) => truthOf(entry, finding))),
      ),
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
  csv: Csv,
  entries: readonly Entry[],
): { columns: number[]; entries: Entry[]; notes: string[] } {
  const find = imageFinder(entries);
  const named = csv.header.flatMap((name, column) => IMAGE_NAMES.has(plainName(name)) ? [column] : []);
  const isFound = (column: number) => (row: readonly string[]) => foundIn(find, row[column]!) !== null;
  let columns = named.filter((column) => csv.rows.some(isFound(column)));
  if (named.length === 0) {
    columns = csv.header.flatMap((_, column) => csv.rows.every(isFound(column)) ? [column] : []);
  }
  const [column = named[0], ...others] = columns;
  if (column === undefined) {
    throw new InputError(`${csv.file}, row 1: no column "image" in ${quote(csv.header.join(","))}`);
  }
  const seen = new Set<Entry>();
  const other: string[] = [];
  const found = csv.rows.map((row, index) => {
    const fail = (message: string) => new InputError(`${rowName(csv, index)}: ${message}`);
    const entry = foundIn(find, row[column]!, fail);
    if (entry === null) throw fail(`image ${quote(row[column]!)} is not in the metadata`);
    for (const second of others) {
      if (foundIn(find, row[second]!, fail)?.image === entry.image) continue;
      throw fail(
        `${quote(csv.header[column]!)} ${quote(row[column]!)} and ${quote(csv.header[second]!)} ` +
          `${quote(row[second]!)} are different images`,
      );
    }
    if (seen.has(entry.image)) throw fail(`image ${quote(row[column]!)} is already in a row above`);
    seen.add(entry.image);
    if (!entry.sameEnding) other.push(row[column]!);
    return entry.image;
  });
  const notes = other.length === 0 ? [] : [
    `${count(other.length, "image")} in ${quote(csv.header[column]!)} ${
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

/** Reads columns of scores: [rows, columns], row by row. */
function readScores(csv: Csv, columns: readonly FindingColumn[]): Float64Array {
  const scores = new Float64Array(csv.rows.length * columns.length);
  csv.rows.forEach((row, index) =>
    columns.forEach(({ column, name }, i) => {
      if (!isNumber(row[column]!)) {
        throw new InputError(
          `${rowName(csv, index)}: ${brief(name)} ${quote(row[column]!)} is not a finite number`,
        );
      }
      scores[index * columns.length + i] = Number(row[column]);
    })
  );
  return scores;
}

/** [rows] Reads the column of weights. */
function readWeights(csv: Csv, column: number): Float64Array {
  return Float64Array.from(csv.rows, (row, index) => {
    const cell = row[column]!;
    if (isNumber(cell) && Number(cell) > 0) return Number(cell);
    throw new InputError(
      `${rowName(csv, index)}: ${brief(csv.header[column]!)} ${quote(cell)} is not a number above 0`,
    );
  });
}

/** How a column of ground truth differs from the metadata, over the rows of which both say something. */
function compareTruth(csv: Csv, { column, finding }: FindingColumn, entries: readonly Entry[]) {
  let [compared, differing, positives] = [0, 0, 0];
  csv.rows.forEach((row, index) => {
    const said = truthOfCell(row[column]!);
    const truth = truthOf(entries[index]!, finding);
    if (said === null || truth === UNKNOWN) return;
    compared++;
    positives += said;
    if (said !== truth) differing++;
  });
  return { compared, differing, positives };
}

function notesOnTruth({ name, compared, differing }: ComparedColumn): string[] {
  if (differing === 0) return [];
  return [
    `The ground truth in ${quote(name)} is another than the metadata's in ${
      differing.toLocaleString("en")
    } of ` +
    `${count(compared, "row")}; the metadata's is used.`,
  ];
}

/** How scores that are all 0 and 1 compare with the metadata: they may be ground truth. */
function notesOnDecisions(csv: Csv, column: FindingColumn, entries: readonly Entry[]): string[] {
  const { compared, differing, positives } = compareTruth(csv, column, entries);
  if (compared < csv.rows.length || positives === 0) return [];
  const agreement = differing === 0
    ? "are the metadata's ground truth in every row"
    : `differ from the metadata's ground truth in ${differing.toLocaleString("en")} of ${
      count(compared, "row")
    }`;
  return [`0 and 1 in ${quote(column.name)} ${agreement}: are they scores?`];
}

function notesOnPatients(csv: Csv, column: number, entries: readonly Entry[]): string[] {
  const differing = csv.rows.filter((row, i) => !isSamePatient(row[column]!, entries[i]!.patient)).length;
  if (differing === 0) return [];
  return [
    `The patient in ${quote(csv.header[column]!)} is another than the metadata's in ${
      differing.toLocaleString("en")
    } ` +
    `of ${count(csv.rows.length, "row")}; the metadata's is used.`,
  ];
}

function count(number: number, what: string): string {
  return `${number.toLocaleString("en")} ${what}${number === 1 ? "" : "s"}`;
}
