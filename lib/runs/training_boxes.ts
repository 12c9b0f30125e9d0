import { existsSync } from "node:fs";
import { type Box, BOX_IMAGE_SIZE } from "../dataset/box.ts";
import { columnOf, csvText, readCsv } from "../support/csv.ts";
import { InputError } from "../support/input_error.ts";
import { type RunFolder, writeRunFiles } from "../training/run_folder.ts";
import type { TrainingData } from "../training/training_data.ts";
import type { Run } from "./run.ts";

const COLUMNS = ["finding", "x", "y", "width", "height"] as const;

/** The bounding boxes of the training set's images. */
export function trainingBoxesOf({ boxes, split }: Pick<TrainingData, "boxes" | "split">): Box[] {
  const trained = new Set(split.training.map(({ image }) => image));
  return boxes.filter(({ image }) => trained.has(image));
}

/**
 * Writes `training-boxes.csv`: where the training set's bounding boxes lie, for the prior maps of other images, and the
 * finding of each by its number among the run's; not the image. Only its head where there are none.
 */
export async function writeTrainingBoxes(run: Run): Promise<void> {
  const { folder, data } = run;
  const rows = trainingBoxesOf(data).filter(({ label }) => data.findings.includes(label))
    .map(({ label, x, y, width, height }) => [data.findings.indexOf(label), x, y, width, height]);
  await writeRunFiles(folder, { [folder.trainingBoxes]: csvText([[...COLUMNS], ...rows]) }, run);
}

/**
 * Reads a run's `training-boxes.csv` as boxes of images without names.
 *
 * @returns null where the run has no such file, as runs of older versions and imported ones.
 * @throws {InputError} Where it is damaged.
 */
export async function readTrainingBoxes(
  { trainingBoxes: file }: RunFolder,
  findings: readonly string[],
): Promise<Box[] | null> {
  if (!existsSync(file)) return null;
  const csv = await readCsv(file);
  const columns = COLUMNS.map((name) => columnOf(csv, name));
  return csv.rows.map((row, index) => {
    const numbers = columns.map((column) => row[column] === "" ? NaN : Number(row[column]));
    const [finding, x, y, width, height] = numbers as [number, number, number, number, number];
    const label = findings[finding];
    if (label === undefined || !isWithin({ x, y, width, height })) {
      throw new InputError(`${file}: damaged, bounding box ${index + 1}`);
    }
    return { image: "", label, x, y, width, height };
  });
}

/** Whether a box has a size, and overlaps its image. */
function isWithin({ x, y, width, height }: Pick<Box, "x" | "y" | "width" | "height">): boolean {
  return width > 0 && height > 0 && x < BOX_IMAGE_SIZE && y < BOX_IMAGE_SIZE && x + width > 0 &&
    y + height > 0;
}
