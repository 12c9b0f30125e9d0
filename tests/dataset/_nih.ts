import { existsSync } from "node:fs";
import { resolve } from "node:path";

const project = resolve(import.meta.dirname!, "../..");

/** The NIH's metadata of all 112,120 images, put there by set-up. */
export const NIH_METADATA = resolve(project, "data/nih/Data_Entry_2017_v2020.csv.gz");

/** The NIH's list of boxes, put there by set-up. */
export const NIH_BOXES = resolve(project, "data/nih/BBox_List_2017.csv.gz");

/** What radiologists see in some of the NIH's images, put there by set-up. */
export const NIH_RADIOLOGISTS = resolve(project, "data/nih/google2019_nih-chest-xray-labels.csv.gz");

/** Real images with their metadata, beside the project on some machines only. */
export const NIH_SAMPLE = resolve(project, "../shared/nih-sample");

/** Whether a file is missing, which is said on the terminal: the tests that need it are to be ignored then. */
export function isMissing(file: string, remedy: string): boolean {
  const missing = !existsSync(file);
  if (missing) console.warn(`${file} is missing, so tests that read it are skipped (${remedy})`);
  return missing;
}

/** Whether the NIH's metadata is missing. */
export const noNih = isMissing(NIH_METADATA, "deno task setup puts it there");

/** Whether the sample is missing. */
export const noSample = isMissing(NIH_SAMPLE, "it is not part of the project");

/** What tests/oracles/metadata.py stored. */
export const expected = JSON.parse(
  Deno.readTextFileSync(resolve(project, "tests/fixtures/dataset/metadata.json")),
);
