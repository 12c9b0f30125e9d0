import { InputError } from "../support/input_error.ts";
import { columnOf, readCsv } from "../support/csv.ts";
import type { Entry } from "./entry.ts";
import { isNihFinding, NIH_FINDINGS, type NihFinding, NO_FINDING } from "./nih_findings.ts";

/** The highest age in years that is believed. */
const OLDEST = 120;

/** Years in one unit of a DICOM age string. */
const YEARS = { Y: 1, M: 1 / 12, W: 7 / 365.25, D: 1 / 365.25 } as const;

/**
 * Reads and checks the NIH's metadata (`Data_Entry_2017.csv` or `Data_Entry_2017_v2020.csv`, also as `.gz`), in
 * the order of the file. A patient is the number as it is written without leading zeros. An age over 120 is unknown (the
 * 2017 release has some over 400). Columns are found by name, so that the header of each release is read. An age is a
 * number of years or a DICOM age string (`058Y`, `011M`; DICOM PS3.5, value representation AS).
 *
 * @throws {InputError} When the file is no CSV, has no rows, lacks a column, or has a cell that cannot be read:
 * an unknown label, an image that is already there, a number, age, sex or view that is none.
 */
export async function readMetadata(file: string): Promise<Entry[]> {
  const csv = await readCsv(file);
  const columns = {
    image: columnOf(csv, "Image Index"),
    labels: columnOf(csv, "Finding Labels"),
    followUp: columnOf(csv, "Follow-up #"),
    patient: columnOf(csv, "Patient ID"),
    age: columnOf(csv, "Patient Age"),
    sex: columnOf(csv, "Patient Gender", "Patient Sex"),
    view: columnOf(csv, "View Position"),
  };
  if (csv.rows.length === 0) throw new InputError(`${file} has a header and no rows`);
  const images = new Set<string>();
  const labels = remember(labelsOf);
  const age = remember(ageOf);
  return csv.rows.map((row, index): Entry => {
    const cell = (column: keyof typeof columns) => row[columns[column]]!;
    try {
      const image = cell("image");
      if (image === "") throw new InputError("no image name");
      if (images.has(image)) throw new InputError(`image "${image}" is already in a row above`);
      images.add(image);
      return {
        image,
        labels: labels(cell("labels")),
        unknown: [],
        followUp: wholeNumberOf(cell("followUp"), "follow-up number"),
        patient: String(wholeNumberOf(cell("patient"), "patient number")),
        age: age(cell("age")),
        sex: oneOf(["F", "M"] as const, cell("sex"), "sex"),
        view: oneOf(["AP", "PA"] as const, cell("view"), "view position"),
      };
    } catch (error) {
      if (error instanceof InputError) error.message = `${file}, row ${index + 2}: ${error.message}`;
      throw error;
    }
  });
}

function labelsOf(text: string): readonly NihFinding[] {
  if (text === NO_FINDING) return [];
  const names = text.split("|");
  for (const [index, name] of names.entries()) {
    if (!isNihFinding(name)) throw new InputError(`unknown label "${name}" in "${text}"`);
    if (names.indexOf(name) < index) throw new InputError(`label "${name}" twice in "${text}"`);
  }
  return NIH_FINDINGS.filter((label) => names.includes(label));
}

function ageOf(text: string): number | null {
  const [, count, unit] = /^(\d+)([YMWD]?)$/.exec(text) ?? [];
  if (count === undefined) throw new InputError(`patient age "${text}" is not a number of years`);
  const age = Math.floor(Number(count) * YEARS[(unit || "Y") as keyof typeof YEARS] + 1e-9);
  return age > OLDEST ? null : age;
}

function wholeNumberOf(text: string, name: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value)) {
    throw new InputError(`${name} "${text}" is not a whole number`);
  }
  return value;
}

function oneOf<T extends string>(values: readonly T[], text: string, name: string): T {
  if (!(values as readonly string[]).includes(text)) {
    throw new InputError(`${name} "${text}" is not ${values.join(" or ")}`);
  }
  return text as T;
}

/** Keeps what a pure function gave for each text, since most cells repeat. */
function remember<T>(read: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    let value = known.get(text);
    if (value === undefined) known.set(text, value = read(text));
    return value;
  };
}
