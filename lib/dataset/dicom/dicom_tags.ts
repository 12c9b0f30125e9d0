import type { DataSet } from "dicom-parser";
import { codeOf } from "./parse_dicom.ts";

/** What a DICOM file says of its image and its patient that this project uses; null where it does not say. */
export interface DicomTags {
  /** The patient's number as the file has it. It may be a name: it is to be written nowhere, see {@linkcode pseudonymOf}. */
  patientId: string | null;
  /** The age in whole years. */
  age: number | null;
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

/** Years in one unit of an age (PS3.5, value representation AS). */
const YEARS = { Y: 1, M: 1 / 12, W: 7 / 365.25, D: 1 / 365.25 } as const;

/** The highest age in years that is believed. */
const OLDEST = 120;

/** View positions from the side: left and right lateral, and lying ones. */
const LATERAL = /^(LL|RL|LLD|RLD|LAT|LATERAL|LLAT|RLAT|ML|LM)$/;

/** Words for a view from the side in a description of a series. */
const LATERAL_WORD = /(^|[^A-Z])(LAT|LATERAL|LATERALE|SEITLICH|PROFIL|PERFIL)([^A-Z]|$)/;

/** Modalities of radiographs (PS3.3, C.7.3.1.1.1): computed, digital, and films that were scanned. */
const RADIOGRAPHS = ["CR", "DX", "DR", "RG", "XA", "RF", "SC", "OT"];

/** Body parts that a chest radiograph may name (PS3.16, annex L). */
const CHEST = /CHEST|THORAX|THORACIC|LUNG|^RIB/;

/** Reads the tags that this project uses. Names, dates, institutions and private tags are not among them. */
export function readTags(attributes: DataSet): DicomTags {
  const code = (tag: string) => codeOf(attributes, tag)?.toUpperCase() ?? null;
  const sex = code("x00100040");
  const burnedIn = code("x00280301");
  return {
    patientId: attributes.string("x00100020")?.trim() || null,
    age: ageOf(code("x00101010")),
    sex: sex === "F" || sex === "M" ? sex : null,
    view: viewOf(code("x00185101"), code("x0008103e")),
    modality: code("x00080060"),
    bodyPart: code("x00180015"),
    burnedIn: burnedIn === "YES" ? true : burnedIn === "NO" ? false : null,
  };
}

function ageOf(text: string | null): number | null {
  const [, count, unit] = /^(\d{1,3})([YMWD])$/.exec(text ?? "") ?? [];
  if (count === undefined) return null;
  const age = Math.floor(Number(count) * YEARS[unit as keyof typeof YEARS] + 1e-9);
  return age > OLDEST ? null : age;
}

function viewOf(position: string | null, series: string | null): DicomTags["view"] {
  if (position === "AP" || position === "PA") return position;
  if (position !== null && position !== "") return LATERAL.test(position) ? "lateral" : null;
  return series !== null && LATERAL_WORD.test(series) ? "lateral" : null;
}

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
