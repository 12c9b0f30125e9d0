import { closest, distance } from "fastest-levenshtein";

/** Which of a data set's findings a name stands for. */
export interface NamedFinding {
  /** The finding, as the data set spells it. */
  finding: string;
  /** Who calls it by the other name; null where the name is the data set's own but for capitals, blanks and underscores. */
  synonymOf: string | null;
}

/** A finding by its name in NIH ChestX-ray14, and what others call the same one. */
const SYNONYMS: readonly (readonly [nih: string, name: string, whose: string])[] = [
  ["atelectasis", "atelectases", "Indiana University"],
  ["cardiomegaly", "enlarged_heart", "reports"],
  ["edema", "pulmonary_edema", "PadChest"],
  ["edema", "oedema", "British English"],
  ["edema", "pulmonary_oedema", "British English"],
  ["effusion", "pleural_effusion", "CheXpert, MIMIC-CXR, PadChest and VinDr-CXR"],
  ["effusion", "pleural_effusions", "reports"],
  ["fibrosis", "pulmonary_fibrosis", "PadChest and VinDr-CXR"],
  ["fibrosis", "lung_fibrosis", "reports"],
  ["hernia", "hiatal_hernia", "PadChest"],
  ["hernia", "hiatus_hernia", "British English"],
  ["infiltration", "infiltrate", "the NIH's bounding boxes and Indiana University"],
  ["infiltration", "infiltrates", "PadChest"],
  ["mass", "pulmonary_mass", "PadChest"],
  ["mass", "lung_mass", "reports"],
  ["nodule", "pulmonary_nodule", "reports"],
  ["nodule", "lung_nodule", "reports"],
  ["pleural_thickening", "pleural", "MedMNIST"],
  ["pleural_thickening", "pleural_thickenings", "reports"],
];

/** What others call by one name where NIH ChestX-ray14 tells several findings apart. */
const WIDER: readonly (readonly [name: string, nih: readonly string[], whose: string])[] = [
  [
    "airspace_opacity",
    ["atelectasis", "consolidation", "edema", "infiltration", "pneumonia"],
    "Google's radiologists",
  ],
  ["lung_lesion", ["mass", "nodule"], "CheXpert and MIMIC-CXR"],
  [
    "lung_opacity",
    ["atelectasis", "consolidation", "edema", "infiltration", "mass", "nodule", "pneumonia"],
    "CheXpert, MIMIC-CXR, RSNA and VinDr-CXR",
  ],
  ["nodule_mass", ["mass", "nodule"], "VinDr-CXR"],
  ["nodule_or_mass", ["mass", "nodule"], "Google's radiologists"],
];

/**
 * A name in small letters, with one underscore between its words and nothing else but letters and digits: the same for
 * `Pleural Thickening`, `pleural_thickening` and `Pleural-Thickening`.
 */
export function plainName(name: string): string {
  return name.normalize("NFKC").toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, "_").replaceAll(/^_|_$/g, "");
}

/**
 * Finds which of a data set's findings a name stands for: by the data set's own name, or by one that CheXpert,
 * MIMIC-CXR, MedMNIST, PadChest, VinDr-CXR, the NIH or torchxrayvision have for the same finding. Null where none is
 * meant, or where it could be several.
 *
 * @example
 * ```ts
 * import { findFinding } from "./label_synonyms.ts";
 * findFinding("Pleural Effusion", ["Effusion", "Mass"])?.finding; // "Effusion"
 * ```
 */
export function findFinding(name: string, findings: readonly string[]): NamedFinding | null {
  const plain = plainName(name);
  const own = findings.filter((finding) => plainName(finding) === plain);
  if (own.length > 0) return own.length === 1 ? { finding: own[0]!, synonymOf: null } : null;
  const same = findings.filter((finding) => nihName(plainName(finding)) === nihName(plain));
  return same.length === 1 ? { finding: same[0]!, synonymOf: whoseName(plain) } : null;
}

/** Which of a data set's findings a name covers together, and who calls them so; null where it is not such a name. */
export function findWiderName(
  name: string,
  findings: readonly string[],
): { findings: string[]; synonymOf: string } | null {
  const plain = plainName(name);
  const [, nih, synonymOf] = WIDER.find(([wider]) => wider === plain) ?? [];
  if (nih === undefined || synonymOf === undefined) return null;
  const covered = findings.filter((finding) => nih.includes(nihName(plainName(finding))));
  return covered.length === 0 ? null : { findings: covered, synonymOf };
}

/**
 * The finding whose name, or another name of it, is spelled most like a name: one that differs in a third of its
 * letters at most. Null where none is like it.
 */
export function nearestFinding(name: string, findings: readonly string[]): string | null {
  const plain = plainName(name);
  const names = new Map<string, string>();
  for (const [nih, other] of SYNONYMS) {
    const finding = findings.find((finding) => nihName(plainName(finding)) === nih);
    if (finding !== undefined) names.set(other, finding);
  }
  for (const finding of findings) names.set(plainName(finding), finding);
  if (names.size === 0) return null;
  const nearest = closest(plain, [...names.keys()]);
  return distance(plain, nearest) <= Math.max(plain.length, nearest.length) / 3 ? names.get(nearest)! : null;
}

/** What NIH ChestX-ray14 calls a finding, by its plain name; itself where it is no synonym. */
function nihName(plain: string): string {
  return SYNONYMS.find(([, name]) => name === plain)?.[0] ?? plain;
}

function whoseName(plain: string): string {
  return SYNONYMS.find(([, name]) => name === plain)?.[2] ?? "NIH ChestX-ray14";
}
