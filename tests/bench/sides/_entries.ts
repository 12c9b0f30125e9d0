import type { Entry } from "../../../lib/dataset/entry.ts";

/** Metadata of images without findings, each of a patient of its own. */
export function entriesOf(names: readonly string[]): Entry[] {
  return names.map((image, patient) => ({
    image,
    labels: [],
    unknown: [],
    followUp: 0,
    patient: String(patient),
    age: null,
    sex: "F",
    view: "PA",
  }));
}
