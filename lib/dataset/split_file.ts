import { columnOf, csvLine, readCsv, rowName } from "../support/csv.ts";
import { InputError } from "../support/input_error.ts";
import { quote } from "../support/printable.ts";
import { type Entry, isSamePatient } from "./entry.ts";
import { imageFinder } from "./image_names.ts";
import { collect, type Part, PARTS, type Split } from "./split.ts";

/** The characters of a piece, about. */
const PIECE = 1 << 18;

/** The text of a split's `split.csv`: a row an image with `image`, `patient` and `part`, part after part. */
export function splitCsv(split: Split): string {
  return [...splitCsvPieces(split)].join("");
}

/** The same text, some thousand rows at a time. */
export function* splitCsvPieces(split: Split): Generator<string, void, void> {
  let text = csvLine(["image", "patient", "part"]);
  for (const part of PARTS) {
    for (const { image, patient } of split[part]) {
      text += csvLine([image, patient, part]);
      if (text.length < PIECE) continue;
      yield text;
      text = "";
    }
  }
  yield text;
}

/**
 * Reads a `split.csv` and finds its images in the metadata; each part is in the order of the metadata. Images of
 * the metadata that the file does not name are left out.
 *
 * @throws {InputError} When the file is no CSV, lacks a column, names an image twice or one that the metadata has
 * not, or has another patient than the metadata, an unknown part, or an empty one.
 */
export async function readSplit(file: string, entries: readonly Entry[]): Promise<Split> {
  const csv = await readCsv(file);
  const columns = {
    image: columnOf(csv, "image"),
    patient: columnOf(csv, "patient"),
    part: columnOf(csv, "part"),
  };
  const patients = new Map(entries.map((entry) => [entry.image, entry.patient]));
  const parts = new Map<string, Part>();
  csv.rows.forEach((row, index) => {
    const place = rowName(csv, index);
    const image = row[columns.image]!;
    const patient = row[columns.patient]!;
    const part = row[columns.part]!;
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
    if (!isPart(part)) throw new InputError(`${place}: part ${quote(part)} is not ${PARTS.join(", ")}`);
    if (parts.has(image)) throw new InputError(`${place}: image ${quote(image)} is already in a row above`);
    parts.set(image, part);
  });
  for (const part of PARTS) {
    if (![...parts.values()].includes(part)) throw new InputError(`${file} has no image of the ${part} set`);
  }
  return collect(entries.filter((entry) => parts.has(entry.image)), (entry) => parts.get(entry.image)!);
}

/**
 * Reads which patient each image of a set has in a `split.csv`.
 *
 * @throws {InputError} When the file is no CSV or lacks a column.
 */
export async function readSplitSet(file: string, set: Part): Promise<Map<string, string>> {
  const csv = await readCsv(file);
  const [image, patient, part] = ["image", "patient", "part"].map((name) => columnOf(csv, name)) as [
    number,
    number,
    number,
  ];
  return new Map(csv.rows.filter((row) => row[part] === set).map((row) => [row[image]!, row[patient]!]));
}

function isPart(text: string): text is Part {
  return (PARTS as readonly string[]).includes(text);
}

/** What the sets of a split are called elsewhere. */
const SETS: Readonly<Record<string, Part>> = {
  train: "training",
  training: "training",
  val: "validation",
  valid: "validation",
  validate: "validation",
  validation: "validation",
  dev: "validation",
  test: "test",
};

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
  const parts = new Map<string, Part>();
  csv.rows.forEach((row, index) => {
    const place = rowName(csv, index);
    const name = find(row[image]!)?.image.image;
    const part = SETS[row[set]!.toLowerCase()];
    if (name === undefined) {
      throw new InputError(`${place}: image ${quote(row[image]!)} is not in the data set`);
    }
    if (part === undefined) {
      throw new InputError(`${place}: set ${quote(row[set]!)} is not train, val or test`);
    }
    if (parts.has(name)) throw new InputError(`${place}: image ${quote(name)} is already in a row above`);
    parts.set(name, part);
  });
  for (const part of PARTS) {
    if (![...parts.values()].includes(part)) throw new InputError(`${file} has no image of the ${part} set`);
  }
  return collect(entries.filter((entry) => parts.has(entry.image)), (entry) => parts.get(entry.image)!);
}
