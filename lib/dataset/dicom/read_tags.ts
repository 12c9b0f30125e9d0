import type { DataSet } from "dicom-parser";
import type { DicomTags } from "./dicom_tags.ts";
import { codeOf } from "./parse_dicom.ts";

/** Years in one unit of an age (PS3.5, value representation AS). */
const YEARS = { Y: 1, M: 1 / 12, W: 7 / 365.25, D: 1 / 365.25 } as const;

/** The highest age in years that is believed. */
const OLDEST = 120;

/** View positions from the side: left and right lateral, and lying ones. */
const LATERAL = /^(LL|RL|LLD|RLD|LAT|LATERAL|LLAT|RLAT|ML|LM)$/;

/** Words for a view from the side in a description of a series. */
const LATERAL_WORD = /(^|[^A-Z])(LAT|LATERAL|LATERALE|SEITLICH|PROFIL|PERFIL)([^A-Z]|$)/;

/** What stands where nothing is said. */
const UNSAID = /^(UNKNOWN|UNDEFINED|UNSPECIFIED|OTHER|NONE|N\/A)$/;

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
    bodyPart: UNSAID.test(code("x00180015") ?? "") ? null : code("x00180015"),
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
