import { columnOf, readCsv, rowName } from "../support/csv.ts";
import { InputError } from "../support/input_error.ts";
import { quote } from "../support/printable.ts";
import type { Entry } from "./entry.ts";
import type { NihFinding } from "./nih_findings.ts";

/** What radiologists looked for again in the NIH's images, with the NIH's labels that say the same. */
export const RADIOLOGIST_FINDINGS = {
  Pneumothorax: ["Pneumothorax"],
  "Nodule or mass": ["Nodule", "Mass"],
  "Airspace opacity": ["Atelectasis", "Consolidation", "Edema", "Infiltration", "Pneumonia"],
} as const satisfies Record<string, readonly NihFinding[]>;

/** A finding that radiologists looked for. */
export type RadiologistFinding = keyof typeof RADIOLOGIST_FINDINGS;

/** What radiologists agreed on for one image. */
export interface RadiologistLabels {
  /** The image's name. */
  image: string;
  /** Which of the findings it has. */
  findings: RadiologistFinding[];
}

/**
 * Reads the labels that three radiologists agreed on for some of the NIH's images (Majkowska and others, "Chest Radiograph
 * Interpretation with Deep Learning Models", Radiology 294, 2020).
 *
 * @param set Which of their images: the 1,962 of their test set, or the 2,414 of their validation set.
 * @throws {InputError} Where the file is no CSV, lacks a column, or has a cell that is not `YES` or `NO`.
 */
export async function readRadiologistLabels(
  file: string,
  { set = "test" }: { set?: "test" | "validation" } = {},
): Promise<RadiologistLabels[]> {
  const csv = await readCsv(file);
  const names = Object.keys(RADIOLOGIST_FINDINGS) as RadiologistFinding[];
  const columns = names.map((name) => columnOf(csv, name));
  const [image, setId] = [columnOf(csv, "Image Index"), columnOf(csv, "Set Id")];
  return csv.rows.flatMap((row, index) => {
    if (row[setId] !== set) return [];
    const findings = names.filter((name, i) => {
      const cell = row[columns[i]!]!;
      if (cell !== "YES" && cell !== "NO") {
        throw new InputError(`${rowName(csv, index)}: ${name} ${quote(cell)} is not YES or NO`);
      }
      return cell === "YES";
    });
    return [{ image: row[image]!, findings }];
  });
}

/** How far a finding's labels agree with what radiologists see. */
export interface LabelAgreement {
  /** The finding. */
  finding: RadiologistFinding;
  /** The number of images that radiologists looked at. */
  images: number;
  /** The number of those that have the finding by the radiologists, and by the labels. */
  byRadiologists: number;
  /** The number of those that have the finding by the labels. */
  byLabels: number;
  /** The fraction of the images that are labelled with the finding in which the radiologists see it. */
  predictiveValue: number;
  /** The fraction of the images in which the radiologists see the finding that are labelled with it. */
  sensitivity: number;
}

/** Sets the labels of images beside what radiologists see in them; images without an entry are left out. */
export function labelAgreement(
  radiologists: readonly RadiologistLabels[],
  entries: readonly Entry[],
): LabelAgreement[] {
  const labels = new Map(entries.map((entry) => [entry.image, entry.labels]));
  const known = radiologists.filter(({ image }) => labels.has(image));
  return (Object.keys(RADIOLOGIST_FINDINGS) as RadiologistFinding[]).map((finding) => {
    const names: readonly string[] = RADIOLOGIST_FINDINGS[finding];
    const isLabelled = ({ image }: RadiologistLabels) =>
      labels.get(image)!.some((name) => names.includes(name));
    const seen = known.filter(({ findings }) => findings.includes(finding));
    const byLabels = known.filter(isLabelled).length;
    const both = seen.filter(isLabelled).length;
    return {
      finding,
      images: known.length,
      byRadiologists: seen.length,
      byLabels,
      predictiveValue: both / byLabels,
      sensitivity: both / seen.length,
    };
  });
}
