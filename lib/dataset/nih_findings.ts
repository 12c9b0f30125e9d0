/** The 14 findings of NIH ChestX-ray14, in alphabetical order. */
export const NIH_FINDINGS = [
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
export type NihFinding = (typeof NIH_FINDINGS)[number];

/** The same in the order of the NIH's paper (Wang et al., 2017), which CheXNet's implementations and ChestMNIST keep. */
export const NIH_PAPER_FINDINGS = [
  "Atelectasis",
  "Cardiomegaly",
  "Effusion",
  "Infiltration",
  "Mass",
  "Nodule",
  "Pneumonia",
  "Pneumothorax",
  "Consolidation",
  "Edema",
  "Emphysema",
  "Fibrosis",
  "Pleural_Thickening",
  "Hernia",
] as const satisfies readonly NihFinding[];

/** What the NIH's metadata says of an image without any of the 14 findings. */
export const NO_FINDING = "No Finding";

/** Whether a text is one of the 14 findings, spelled as in the NIH's metadata. */
export function isNihFinding(text: string): text is NihFinding {
  return (NIH_FINDINGS as readonly string[]).includes(text);
}
