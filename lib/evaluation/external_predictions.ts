import { basename } from "node:path";
import { type Csv, readCsv } from "../support/csv.ts";
import { NIH_FINDINGS } from "../dataset/nih_findings.ts";
import { type Entry, truthOf } from "../dataset/entry.ts";
import { InputError } from "../support/input_error.ts";
import { isNumber, type Predictions } from "./predictions.ts";

/** What the column of images may be called, in the spelling of `plain`. */
const IMAGE = ["image", "image_index", "image_id", "image_name", "image_path", "filename", "file", "path"];

/** What a label's column may have before or after the label's name. */
const AFFIXES = ["score", "prob", "probability", "pred", "prediction", "logit"];

/**
 * Reads the scores of any model from a CSV with a row an image, and takes what is true from the metadata. The images' column
 * is `image`, `Image Index`, `filename` or the like, with or without folders in its cells; a label's is `Mass_score`,
 * `prob_Mass` or the like, else `Mass`; capitals, spaces and underscores do not matter, other columns are left.
 * The labels are those that the file has, in the order of `NIH_FINDINGS`.
 *
 * @param entries The metadata of all images that the file may name.
 * @throws {InputError} When the file is no CSV, has no rows, no or several columns for the image or a label, no label
 * at all, an image twice or one that the metadata has not, or a score that is no finite number.
 */
export async function readAnyPredictions(file: string, entries: readonly Entry[]): Promise<Predictions> {
  const csv = await readCsv(file);
  if (csv.rows.length === 0) throw new InputError(`${file} has a header and no rows`);
  const imageColumn = onlyColumn(csv, IMAGE);
  if (imageColumn === null) throw new InputError(`${file}, row 1: no column "image" in "${csv.header}"`);
  const columns = NIH_FINDINGS.flatMap((label) => {
    const name = plain(label);
    const column = onlyColumn(csv, AFFIXES.flatMap((affix) => [`${name}_${affix}`, `${affix}_${name}`])) ??
      onlyColumn(csv, [name]);
    return column === null ? [] : [{ label, column }];
  });
  if (columns.length === 0) throw new InputError(`${file}, row 1: no column of a label in "${csv.header}"`);
  const known = new Map(entries.map((entry) => [entry.image, entry]));
  const seen = new Set<string>();
  const rows = csv.rows.map((row, index) => {
    const fail = (message: string) => new InputError(`${file}, row ${index + 2}: ${message}`);
    const image = basename(row[imageColumn]!);
    const entry = known.get(image);
    if (!entry) throw fail(`image "${image}" is not in the metadata`);
    if (seen.has(image)) throw fail(`image "${image}" is already in a row above`);
    seen.add(image);
    const scores = columns.map(({ column }) => {
      if (!isNumber(row[column]!)) {
        throw fail(`${csv.header[column]} "${row[column]}" is not a finite number`);
      }
      return Number(row[column]);
    });
    return { entry, scores };
  });
  return {
    labels: columns.map(({ label }) => label),
    images: rows.map(({ entry }) => entry.image),
    patients: rows.map(({ entry }) => entry.patient),
    truth: Uint8Array.from(
      rows.flatMap(({ entry }) => columns.map(({ label }) => truthOf(entry, label))),
    ),
    scores: Float64Array.from(rows.flatMap(({ scores }) => scores)),
  };
}

/** The column that has one of some names; null where none has. */
function onlyColumn({ file, header }: Csv, names: readonly string[]): number | null {
  const found = header.flatMap((name, column) => names.includes(plain(name)) ? [column] : []);
  if (found.length > 1) {
    const both = found.map((column) => `"${header[column]}"`).join(" and ");
    throw new InputError(`${file}, row 1: columns ${both} mean the same`);
  }
  return found[0] ?? null;
}

/** A name in small letters, with underscores between its words. */
function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]+/g, "_");
}
