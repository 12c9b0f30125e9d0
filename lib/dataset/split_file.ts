import { columnOf, csvLine, readCsv, rowName } from "../support/csv.ts";
import { InputError } from "../support/input_error.ts";
import { quote } from "../support/printable.ts";
import { type Entry, isSamePatient } from "./entry.ts";
import { imageFinder } from "./image_names.ts";
import { collect, type Split, type Subset, SUBSETS } from "./split.ts";
import { subsetNamed } from "./subset_named.ts";

/** The column of a `split.csv` that says which set an image is in, and what it was called before. */
const SET_COLUMNS = ["set", "part"];

/** The characters of a piece, about. */
const PIECE = 1 << 18;

/** The text of a split's `split.csv`: a row an image with `image`, `patient` and `set`, set after set. */
export function splitCsv(split: Split): string {
  return [...splitCsvPieces(split)].join("");
}

/** The same text, some thousand rows at a time. */
export function* splitCsvPieces(split: Split): Generator<string, void, void> {
  let text = csvLine(["image", "patient", "set"]);
  for (const subset of SUBSETS) {
    for (const { image, patient } of split[subset]) {
      text += csvLine([image, patient, subset]);
      if (text.length < PIECE) continue;
      yield text;
      text = "";
    }
  }
  yield text;
}

/**
 * Reads a `split.csv` and finds its images in the metadata; each set is in the order of the metadata. Images of
 * the metadata that the file does not name are left out.
 *
 * @throws {InputError} When the file is no CSV, lacks a column, names an image twice or one that the metadata has
 * not, or has another patient than the metadata, an unknown set, or an empty one.
 */
export async function readSplit(file: string, entries: readonly Entry[]): Promise<Split> {
  const csv = await readCsv(file);
  const columns = {
    image: columnOf(csv, "image"),
    patient: columnOf(csv, "patient"),
    set: columnOf(csv, ...SET_COLUMNS),
  };
  const patients = new Map(entries.map((entry) => [entry.image, entry.patient]));
  const subsets = new Map<string, Subset>();
  csv.rows.forEach((row, index) => {
    const place = rowName(csv, index);
    const image = row[columns.image]!;
    const patient = row[columns.patient]!;
    const subset = row[columns.set]!;
    const expected = patients.get(image);
    if (expected === undefined) {
      throw new InputError(`${place}: image ${quote(image)} is not in the metadata`);
    }
    if (!isSamePatient(patient, expected)) {
      throw new InputError(
        `${place}: image ${quote(image)} has patient ${quote(patient)} here and ${
          quote(expected)
        } in the metadata`,
      );
    }
    if (!isSubset(subset)) {
      throw new InputError(`${place}: set ${quote(subset)} is not ${SUBSETS.join(", ")}`);
    }
    if (subsets.has(image)) throw new InputError(`${place}: image ${quote(image)} is already in a row above`);
    subsets.set(image, subset);
  });
  return splitInto(subsets, { file, entries });
}

/**
 * Reads which patient each image of a set has in a `split.csv`.
 *
 * @throws {InputError} When the file is no CSV or lacks a column.
 */
export async function readSplitSet(file: string, set: Subset): Promise<Map<string, string>> {
  const csv = await readCsv(file);
  const [image, patient] = [columnOf(csv, "image"), columnOf(csv, "patient")];
  const subset = columnOf(csv, ...SET_COLUMNS);
  return new Map(csv.rows.filter((row) => row[subset] === set).map((row) => [row[image]!, row[patient]!]));
}

/** The split of the images that a file names, each with its set. */
function splitInto(
  subsets: ReadonlyMap<string, Subset>,
  { file, entries }: { file: string; entries: readonly Entry[] },
): Split {
  for (const subset of SUBSETS) {
    if (![...subsets.values()].includes(subset)) {
      throw new InputError(`${file} has no image of the ${subset} set`);
    }
  }
  return collect(entries.filter((entry) => subsets.has(entry.image)), (entry) => subsets.get(entry.image)!);
}

function isSubset(text: string): text is Subset {
  return (SUBSETS as readonly string[]).includes(text);
}

/**
 * Reads a split from a table of whoever made it: a column of images (`image`, `Image Index` ...) and one of sets (`part`,
 * `split`, `set` or `subset`: train, val, test or the like). Images of the data set that it does not name are left out.
 *
 * @throws {InputError} When the file is no CSV, lacks a column, names an image twice or one that the data set has not,
 * or has an unknown set or an empty one.
 */
export async function readAnySplit(file: string, entries: readonly Entry[]): Promise<Split> {
  const csv = await readCsv(file);
  const image = columnOf(csv, "image", "Image Index", "image_id", "filename", "path");
  const set = columnOf(csv, "part", "split", "set", "subset");
  const find = imageFinder(entries);
  const subsets = new Map<string, Subset>();
  csv.rows.forEach((row, index) => {
    const place = rowName(csv, index);
    const name = find(row[image]!)?.image.image;
    const subset = subsetNamed(row[set]!);
    if (name === undefined) {
      throw new InputError(`${place}: image ${quote(row[image]!)} is not in the data set`);
    }
    if (subset === undefined) {
      throw new InputError(`${place}: set ${quote(row[set]!)} is not train, val or test`);
    }
    if (subsets.has(name)) throw new InputError(`${place}: image ${quote(name)} is already in a row above`);
    subsets.set(name, subset);
  });
  return splitInto(subsets, { file, entries });
}
