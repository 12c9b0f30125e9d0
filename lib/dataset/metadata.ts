import { type Csv, rowName } from "../support/csv.ts";
import { InputError } from "../support/input_error.ts";
import { wholeDigits } from "../support/numbers.ts";
import { quote } from "../support/printable.ts";
import type { Entry } from "./entry.ts";
import { baseName } from "./image_names.ts";
import { nearestFinding, plainName } from "./label_synonyms.ts";
import { NIH_FINDINGS, type NihFinding, NO_FINDING } from "./nih_findings.ts";
import { mapTable } from "./read_table.ts";
import { ageOf, imageNames, remember } from "./table_cells.ts";

/**
 * Reads and checks the NIH's metadata (`Data_Entry_2017.csv`, `Data_Entry_2017_v2020.csv` or Kaggle's
 * `sample_labels.csv`, also as `.gz`), in the order of the file. A patient is the number as it is written without leading
 * zeros. An age over 120 is unknown (the 2017 release has some over 400). Columns are found by name, so that the header of
 * each release is read. An age is a number of years or a DICOM age string (`058Y`, `011M`; DICOM PS3.5, value
 * representation AS). Whole numbers may have decimals (`57.0`), labels capitals and blanks as they like, and images folders
 * in front.
 *
 * @throws {InputError} When the file is no CSV, has no rows, lacks columns, or has a cell that cannot be read:
 * an unknown label, an image that is already there, a number, age, sex or view that is none. When images of one patient by
 * their names (`0000000P_00V.png`) have several patients by the column: a split by patient would leak.
 */
export async function readMetadata(file: string): Promise<Entry[]> {
  const imageName = imageNames();
  const labels = remember(labelsOf);
  const age = remember(ageOf);
  const patient = sameAgain((cell) => wholeNumberOf(cell, "patient number"));
  const followUp = remember((cell) => Number(wholeNumberOf(cell, "follow-up number")));
  const { all: entries, numbers } = await mapTable(file, {
    image: "Image Index",
    labels: "Finding Labels",
    followUp: "Follow-up #",
    patient: "Patient ID",
    age: "Patient Age",
    sex: ["Patient Gender", "Patient Sex"],
    view: "View Position",
  }, (row, columns): Entry => {
    const cell = (column: keyof typeof columns) => row[columns[column]]!;
    return {
      image: imageName(baseName(cell("image"))),
      labels: labels(cell("labels")),
      unknown: NONE,
      followUp: followUp(cell("followUp")),
      patient: patient(cell("patient")),
      age: age(cell("age")),
      sex: oneOf(SEXES, cell("sex"), "sex"),
      view: oneOf(VIEWS, cell("view"), "view position"),
    };
  });
  checkPatients(entries, { file, numbers });
  return entries;
}

const SEXES = ["F", "M"] as const;
const VIEWS = ["AP", "PA"] as const;

/** What is unknown of an image: nothing, shared by all. */
const NONE: readonly string[] = [];

/** The names of the NIH's images: the patient's number and that of the image. */
const NIH_NAME = /^\d{8}_\d{3}\.\w+$/;

/** Refuses patients that split what the images' names say is one patient, where all names are of the NIH's form. */
function checkPatients(entries: readonly Entry[], rows: Pick<Csv, "file" | "numbers">): void {
  const first = new Map<string, number>();
  let contradiction: [number, number] | undefined;
  let last = "";
  for (const [index, { image, patient }] of entries.entries()) {
    if (!NIH_NAME.test(image)) return;
    const named = image.slice(0, 8);
    if (named === last && patient === entries[index - 1]!.patient) continue;
    last = named;
    const other = first.get(named);
    if (other === undefined) first.set(named, index);
    else if (entries[other]!.patient !== patient) contradiction ??= [other, index];
  }
  if (contradiction === undefined) return;
  const [a, b] = contradiction.map((index) => entries[index]!) as [Entry, Entry];
  const [above, here] = contradiction;
  throw new InputError(
    `${rowName(rows, here)}: by their names ${quote(a.image)} (row ${rows.numbers[above]}) and ` +
      `${quote(b.image)} are of one patient, but Patient ID has ${quote(a.patient)} and ` +
      `${quote(b.patient)}: a split by patient would leak; does the column number the rows?`,
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

/** Reads a text that is the one before only once, so that a patient's rows share what it says. */
function sameAgain(read: (text: string) => string): (text: string) => string {
  let [last, value] = ["", ""];
  return (text) => {
    if (text !== last || value === "") [last, value] = [text, read(text)];
    return value;
  };
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
