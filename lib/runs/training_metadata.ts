import { existsSync } from "node:fs";
import type { Entry, View } from "../dataset/entry.ts";
import { columnOf, csvText, readCsv } from "../support/csv.ts";
import { InputError } from "../support/input_error.ts";
import { type RunFolder, writeRunFiles } from "../training/run_folder.ts";
import type { Run } from "./run.ts";

const COLUMNS = ["age", "sex", "view", "findings", "unknown"] as const;

/** Not in files of older versions. */
const VISIT = "visit";

/**
 * Writes `training.csv`: age, sex, view and number of the visit of each training image, and which findings it has and which are unknown, by
 * their numbers among the run's; not its name and patient.
 */
export async function writeTrainingMetadata(run: Run): Promise<void> {
  const { folder, data: { findings, split } } = run;
  const numbers = (names: readonly string[]) => names.map((name) => findings.indexOf(name)).join(" ");
  const rows = split.training.map(({ age, sex, view, followUp, labels, unknown }) => [
    age,
    sex,
    view,
    numbers(labels),
    numbers(unknown),
    followUp,
  ]);
  await writeRunFiles(folder, { [folder.trainingMetadata]: csvText([[...COLUMNS, VISIT], ...rows]) }, run);
}

/**
 * Reads a run's `training.csv` as entries of images without names.
 *
 * @returns null where the run has none, as runs of older versions.
 * @throws {InputError} Where it is damaged.
 */
export async function readTrainingMetadata(
  { trainingMetadata: file }: RunFolder,
  findings: readonly string[],
): Promise<Entry[] | null> {
  if (!existsSync(file)) return null;
  const csv = await readCsv(file);
  const columns = COLUMNS.map((name) => columnOf(csv, name));
  const visits = csv.header.includes(VISIT) ? columnOf(csv, VISIT) : null;
  // Said of the entries, so that it holds in projects, too, whose compiler does not ask for it.
  const names = (text: string): (string | undefined)[] =>
    text === "" ? [] : text.split(" ").map((number) => findings[Number(number)]);
  return csv.rows.map((row, index) => {
    const [age, sex, view, present, unsaid] = columns.map((column) => row[column]!);
    const visit = visits === null ? "" : row[visits]!;
    const [labels, unknown] = [names(present!), names(unsaid!)];
    const isWhole = /^\d{0,3}$/.test(age!) && /^[FM]?$/.test(sex!) && /^(AP|PA|lateral)?$/.test(view!) &&
      /^\d{0,9}$/.test(visit);
    if (!isWhole || [...labels, ...unknown].includes(undefined)) {
      throw new InputError(`${file}: damaged, image ${index + 1}`);
    }
    return {
      image: "",
      patient: "",
      followUp: visit === "" ? null : Number(visit),
      age: age === "" ? null : Number(age),
      sex: (sex || null) as Entry["sex"],
      view: (view || null) as View | null,
      labels: labels as string[],
      unknown: unknown as string[],
    };
  });
}
