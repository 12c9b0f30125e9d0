import { join } from "node:path";
import type { Entry } from "../../lib/dataset/entry.ts";

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
