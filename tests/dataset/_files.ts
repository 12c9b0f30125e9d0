import { join } from "node:path";
import type { DataSet } from "../../lib/dataset/data_set.ts";
import type { Entry } from "../../lib/dataset/entry.ts";
import { NIH_FINDINGS } from "../../lib/dataset/nih_findings.ts";

/** Writes one file into a folder of its own, hands over its path, and removes both in the end. */
export async function withFile(
  name: string,
  content: string | Uint8Array,
  use: (file: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    const file = join(folder, name);
    await Deno.writeFile(file, typeof content === "string" ? new TextEncoder().encode(content) : content);
    await use(file);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The content as a gzip file. */
export function gzip(content: string): Promise<Uint8Array> {
  return new Response(new Blob([content]).stream().pipeThrough(new CompressionStream("gzip"))).bytes();
}

/** What is said of a data set in the NIH's layout that has some images. */
export function nihDataSet(entries: readonly Entry[]) {
  return {
    format: "nih",
    title: "NIH ChestX-ray14",
    table: "Data_Entry_2017.csv",
    findings: NIH_FINDINGS,
    entries,
    hasPatients: true,
    official: null,
    notes: [],
  } satisfies Partial<DataSet>;
}

/** Images of patients: `[3, 1]` gives three images of patient 1 and one of patient 2, none with a finding. */
export function entriesOf(imagesOfPatients: readonly number[]): Entry[] {
  return imagesOfPatients.flatMap((images, index) =>
    Array.from({ length: images }, (_, followUp): Entry => ({
      image: `${index + 1}_${followUp}.png`,
      labels: [],
      unknown: [],
      followUp,
      patient: String(index + 1),
      age: 40,
      sex: "F",
      view: "PA",
    }))
  );
}
