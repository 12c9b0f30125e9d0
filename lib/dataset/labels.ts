/** The 14 findings of NIH ChestX-ray14, in alphabetical order: the order of every label vector of the project. */
export const LABELS = [
  "Atelectasis",
  "Cardiomegaly",
  "Consolidation",
  "Edema",
  "Effusion",
  "Emphysema",
  "Fibrosis",
  "Hernia",
  "Infiltration",
  "Mass",
  "Nodule",
  "Pleural_Thickening",
  "Pneumonia",
  "Pneumothorax",
] as const;

/** One of the 14 findings, spelled as in the NIH's metadata. */
export type Label = (typeof LABELS)[number];

/** What the NIH's metadata says of an image without any of the 14 findings. */
export const NO_FINDING = "No Finding";

/** Whether a text is one of the 14 findings, spelled as in the NIH's metadata. */
export function isLabel(text: string): text is Label {
  return (LABELS as readonly string[]).includes(text);
}
