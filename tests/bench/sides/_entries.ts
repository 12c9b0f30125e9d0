import type { Entry } from "../../../lib/dataset/metadata.ts";

/** Metadata of images without findings, each of a patient of its own. */
export function entriesOf(names: readonly string[]): Entry[] {
  return names.map((image, patient) => ({
    image,
    labels: [],
    followUp: 0,
    patient,
    age: null,
    sex: "F",
    view: "PA",
  }));
}
