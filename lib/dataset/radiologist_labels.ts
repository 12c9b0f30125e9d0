import { columnOf, readCsv, rowName } from "../support/csv.ts";
import { InputError } from "../support/input_error.ts";
import { quote } from "../support/printable.ts";
import { RADIOLOGIST_FINDING_NAMES, type RadiologistFinding } from "./radiologist_findings.ts";

/** Which of their images: those of their test set, of their validation set, or both. */
export type RadiologistSet = "test" | "validation" | "all";

/** What radiologists agreed on for one image. */
export interface RadiologistLabels {
  /** The image's name. */
  image: string;
  /** Which of the findings it has. */
  findings: RadiologistFinding[];
}

/** How the file spells the sets. */
const SET_IDS: ReadonlyMap<string, RadiologistSet> = new Map([["test", "test"], ["val", "validation"]]);

/**
 * Reads the labels that three radiologists agreed on for some of the NIH's images (Majkowska and others, "Chest Radiograph
 * Interpretation with Deep Learning Models", Radiology 294, 2020).
 *
 * @param set Which of their images: the 1,962 of their test set (the default), the 2,414 of their validation set, or all.
 * @throws {InputError} Where the file is no CSV, lacks a column, or has a cell that is not `YES` or `NO`, a set that is
 * not `test` or `val`, or an image twice.
 */
export async function readRadiologistLabels(
  file: string,
  { set = "test" }: { set?: RadiologistSet } = {},
): Promise<RadiologistLabels[]> {
  const csv = await readCsv(file);
  const columns = RADIOLOGIST_FINDING_NAMES.map((name) => columnOf(csv, name));
  const [image, setId] = [columnOf(csv, "Image Index"), columnOf(csv, "Set Id")];
  const seen = new Set<string>();
  return csv.rows.flatMap((row, index) => {
    const fail = (message: string) => new InputError(`${rowName(csv, index)}: ${message}`);
    const own = SET_IDS.get(row[setId]!);
    if (own === undefined) throw fail(`Set Id ${quote(row[setId]!)} is not test or val`);
    if (seen.has(row[image]!)) throw fail(`image ${quote(row[image]!)} is already in a row above`);
    seen.add(row[image]!);
    if (set !== "all" && own !== set) return [];
    const findings = RADIOLOGIST_FINDING_NAMES.filter((name, i) => {
      const cell = row[columns[i]!]!;
      if (cell !== "YES" && cell !== "NO") throw fail(`${name} ${quote(cell)} is not YES or NO`);
      return cell === "YES";
    });
    return [{ image: row[image]!, findings }];
  });
}
