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
export const RADIOLOGIST_FINDING_NAMES: readonly RadiologistFinding[] = Object.keys(
  RADIOLOGIST_FINDINGS,
) as RadiologistFinding[];

/** What cannot be compared at all, and why. */
export const UNMAPPED: string =
  "Fracture, which the radiologists looked for, has no label; Cardiomegaly, Effusion, Emphysema, Fibrosis, Hernia and " +
  "Pleural thickening, which have one, were not looked for.";
