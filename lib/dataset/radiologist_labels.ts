import { columnOf, readCsv, rowName } from "../support/csv.ts";
import { InputError } from "../support/input_error.ts";
import { quote } from "../support/printable.ts";
import type { NihFinding } from "./nih_findings.ts";

/** How a finding of the radiologists is told from the NIH's labels. */
export interface RadiologistMapping {
  /** The NIH's labels of which an image has at least one where it is labelled with the finding. */
  labels: readonly NihFinding[];
  /** Where the two may not mean the same. */
  doubt: string;
}

/** What radiologists looked for again in the NIH's images, with the NIH's labels that say the same. */
export const RADIOLOGIST_FINDINGS = {
  Pneumothorax: {
    labels: ["Pneumothorax"],
    doubt:
      "Reports follow patients: a known pneumothorax with a drain may be in the report and hardly in the image.",
  },
  "Nodule or mass": {
    labels: ["Nodule", "Mass"],
    doubt: "One finding here and two at the NIH's, so a mass that is labelled as a nodule counts as right.",
  },
  "Airspace opacity": {
    labels: ["Atelectasis", "Consolidation", "Edema", "Infiltration", "Pneumonia"],
    doubt:
      "Which labels are an airspace opacity is this project's choice: atelectasis and an edema of the interstitium " +
      "need not be one, and an opacity that is none of the five has no label.",
  },
} as const satisfies Record<string, RadiologistMapping>;

/** A finding that radiologists looked for. */
export type RadiologistFinding = keyof typeof RADIOLOGIST_FINDINGS;

/** The findings that radiologists looked for. */
export const RADIOLOGIST_FINDING_NAMES = Object.keys(RADIOLOGIST_FINDINGS) as RadiologistFinding[];

/** What cannot be compared at all, and why. */
export const UNMAPPED =
  "Fracture, which the radiologists looked for, has no label; Cardiomegaly, Effusion, Emphysema, Fibrosis, Hernia and " +
  "Pleural thickening, which have one, were not looked for.";

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
const SET_IDS: Readonly<Record<string, RadiologistSet>> = { test: "test", val: "validation" };

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
    const own = SET_IDS[row[setId]!];
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
