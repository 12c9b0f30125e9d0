import { InputError } from "../support/input_error.ts";
import { columnOf, type Csv, readCsv, rowName } from "../support/csv.ts";
import { wholeDigits } from "../support/numbers.ts";
import { quote } from "../support/printable.ts";
import type { Entry } from "./entry.ts";
import { baseName } from "./image_names.ts";
import { nearestFinding, plainName } from "./label_synonyms.ts";
import { NIH_FINDINGS, type NihFinding, NO_FINDING } from "./nih_findings.ts";

/** The highest age in years that is believed. */
const OLDEST = 120;

/** Years in one unit of a DICOM age string. */
const YEARS = { Y: 1, M: 1 / 12, W: 7 / 365.25, D: 1 / 365.25 } as const;

/**
 * Reads and checks the NIH's metadata (`Data_Entry_2017.csv`, `Data_Entry_2017_v2020.csv` or Kaggle's
 * `sample_labels.csv`, also as `.gz`), in the order of the file. A patient is the number as it is written without leading
 * zeros. An age over 120 is unknown (the 2017 release has some over 400). Columns are found by name, so that the header of
 * each release is read. An age is a number of years or a DICOM age string (`058Y`, `011M`; DICOM PS3.5, value
 * representation AS). Whole numbers may have decimals (`57.0`), labels capitals and blanks as they like, and images folders
 * in front.
 *
 * @throws {InputError} When the file is no CSV, has no rows, lacks a column, or has a cell that cannot be read:
 * an unknown label, an image that is already there, a number, age, sex or view that is none. When images of one patient by
 * their names (`0000000P_00V.png`) have several patients by the column: a split by patient would leak.
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
  const entries = csv.rows.map((row, index): Entry => {
    const cell = (column: keyof typeof columns) => row[columns[column]]!;
    try {
      const image = baseName(cell("image"));
      if (image === "") throw new InputError("no image name");
      if (images.has(image)) throw new InputError(`image ${quote(image)} is already in a row above`);
      images.add(image);
      return {
        image,
        labels: labels(cell("labels")),
        unknown: [],
        followUp: Number(wholeNumberOf(cell("followUp"), "follow-up number")),
        patient: wholeNumberOf(cell("patient"), "patient number"),
        age: age(cell("age")),
        sex: oneOf(["F", "M"] as const, cell("sex"), "sex"),
        view: oneOf(["AP", "PA"] as const, cell("view"), "view position"),
      };
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      throw new InputError(`${rowName(csv, index)}: ${error.message}`);
    }
  });
  checkPatients(csv, entries);
  return entries;
}

/** The names of the NIH's images: the patient's number and that of the image. */
const NIH_NAME = /^(\d{8})_\d{3}\.\w+$/;

/** Refuses patients that split what the images' names say is one patient, where all names are of the NIH's form. */
function checkPatients(csv: Csv, entries: readonly Entry[]): void {
  const first = new Map<string, number>();
  let contradiction: [number, number] | undefined;
  for (const [index, { image, patient }] of entries.entries()) {
    const [, named] = NIH_NAME.exec(image) ?? [];
    if (named === undefined) return;
    const other = first.get(named);
    if (other === undefined) first.set(named, index);
    else if (entries[other]!.patient !== patient) contradiction ??= [other, index];
  }
  if (contradiction === undefined) return;
  const [a, b] = contradiction.map((index) => entries[index]!) as [Entry, Entry];
  throw new InputError(
    `${rowName(csv, contradiction[1])}: by their names ${quote(a.image)} (row ${
      csv.numbers[contradiction[0]]
    }) and ` +
      `${quote(b.image)} are of one patient, but Patient ID has ${quote(a.patient)} and ${
        quote(b.patient)
      }: a split by ` +
      "patient would leak; does the column number the rows?",
  );
}

function labelsOf(text: string): readonly NihFinding[] {
  if (plainName(text) === plainName(NO_FINDING)) return [];
  const found = new Set<NihFinding>();
  for (const name of text.split("|")) {
    const label = NIH_FINDINGS.find((finding) => plainName(finding) === plainName(name));
    if (label === undefined) {
      const nearest = nearestFinding(name, NIH_FINDINGS);
      const meant = nearest === null ? "" : ` (${nearest}?)`;
      throw new InputError(`unknown label ${quote(name)}${meant} in ${quote(text)}`);
    }
    if (found.has(label)) throw new InputError(`label ${quote(name)} twice in ${quote(text)}`);
    found.add(label);
  }
  return NIH_FINDINGS.filter((label) => found.has(label));
}

function ageOf(text: string): number | null {
  const [, count, unit] = /^(\d+)([YMWD])$/.exec(text) ?? [undefined, wholeDigits(text)];
  if (typeof count !== "string") {
    throw new InputError(`patient age ${quote(text)} is not a number of years`);
  }
  const age = Math.floor(Number(count) * YEARS[(unit || "Y") as keyof typeof YEARS] + 1e-9);
  return age > OLDEST ? null : age;
}

function wholeNumberOf(text: string, name: string): string {
  const digits = wholeDigits(text);
  if (digits === null) throw new InputError(`${name} ${quote(text)} is not a whole number`);
  return digits;
}

function oneOf<T extends string>(values: readonly T[], text: string, name: string): T {
  if (!(values as readonly string[]).includes(text)) {
    throw new InputError(`${name} ${quote(text)} is not ${values.join(" or ")}`);
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
