/** What a DICOM file says of its image and its patient that this project uses; null where it does not say. */
export interface DicomTags {
  /** The patient's number as the file has it. It may be a name: it is to be written nowhere, see {@linkcode pseudonymOf}. */
  patientId: string | null;
  /** The age in whole years. */
  age: number | null;
  /** The sex. */
  sex: "F" | "M" | null;
  /** From back to front (PA), from front to back (AP), or from the side. */
  view: "AP" | "PA" | "lateral" | null;
  /** Such as `CR` or `DX` (radiographs), `CT`, `MR`. */
  modality: string | null;
  /** Such as `CHEST`, in capitals. */
  bodyPart: string | null;
  /** Whether the pixels themselves show who the patient is: `YES` and `NO` as the file says. */
  burnedIn: boolean | null;
}

/** Modalities of radiographs (PS3.3, C.7.3.1.1.1): computed, digital, and films that were scanned. */
const RADIOGRAPHS = ["CR", "DX", "DR", "RG", "XA", "RF", "SC", "OT"];

/** Body parts that a chest radiograph may name (PS3.16, annex L). */
const CHEST = /CHEST|THORAX|THORACIC|TORAX|LUNG|^RIB/;

/** Why an image is no frontal chest radiograph by its tags, as half sentences; empty where nothing speaks against it. */
export function doubtsOf({ view, modality, bodyPart }: DicomTags): string[] {
  return [
    ...(modality !== null && !RADIOGRAPHS.includes(modality)
      ? [`modality ${modality}, not a radiograph`]
      : []),
    ...(bodyPart !== null && !CHEST.test(bodyPart) ? [`body part ${bodyPart}, not the chest`] : []),
    ...(view === "lateral" ? ["a lateral view, not a frontal one"] : []),
  ];
}

/**
 * A patient's pseudonym: the first 16 hexadecimal digits of an SHA-256 of the number. The same patient gets the same
 * one everywhere, so that images can be told apart by patient; who knows the number can find it, so it is no anonymity.
 */
export async function pseudonymOf(patientId: string): Promise<string> {
  const bytes = new TextEncoder().encode(`thorax patient ${patientId}`);
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(hash.subarray(0, 8), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
