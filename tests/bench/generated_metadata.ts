import { NIH_FINDINGS } from "../../lib/dataset/nih_findings.ts";
import { csvLine } from "../../lib/support/csv.ts";
import { random } from "../../lib/support/random.ts";

/** How frequent each finding is. */
const PREVALENCE = 0.05;

const ROWS_A_PIECE = 4096;

/**
 * Writes metadata in the NIH's layout and a model's scores of its images into a folder: `Data_Entry_2017_v2020.csv` and
 * `scores.csv`. Patients have one to seven images. The same number of images gives the same files.
 */
export async function writeGeneratedMetadata(dir: string, images: number): Promise<void> {
  await Deno.mkdir(dir, { recursive: true });
  using metadata = await Deno.create(`${dir}/Data_Entry_2017_v2020.csv`);
  using scores = await Deno.create(`${dir}/scores.csv`);
  const { integer, uniform, normal } = random(0, "generated metadata");
  let table = "Image Index,Finding Labels,Follow-up #,Patient ID,Patient Age,Patient Gender,View Position\n";
  let scored = csvLine(["image", ...NIH_FINDINGS.map((finding) => `${finding}_score`)]);
  let [patient, visit, visits] = [0, 0, 0];
  for (let image = 1; image <= images; image++) {
    if (visit === visits) [patient, visit, visits] = [patient + 1, 0, 1 + integer(7)];
    const name = `${String(patient).padStart(8, "0")}_${String(visit).padStart(3, "0")}.png`;
    const found = NIH_FINDINGS.filter(() => uniform() < PREVALENCE);
    table += csvLine([
      name,
      found.join("|") || "No Finding",
      visit++,
      patient,
      20 + integer(60),
      integer(2) === 0 ? "F" : "M",
      integer(3) === 0 ? "AP" : "PA",
    ]);
    scored += csvLine([
      name,
      ...NIH_FINDINGS.map((finding) =>
        Math.min(1, Math.max(0, (found.includes(finding) ? 0.6 : 0.4) + 0.15 * normal()))
      ),
    ]);
    if (image % ROWS_A_PIECE !== 0 && image < images) continue;
    await writeAll(metadata, table);
    await writeAll(scores, scored);
    [table, scored] = ["", ""];
  }
}

async function writeAll(file: Deno.FsFile, text: string): Promise<void> {
  const bytes = new TextEncoder().encode(text);
  for (let written = 0; written < bytes.length;) written += await file.write(bytes.subarray(written));
}
