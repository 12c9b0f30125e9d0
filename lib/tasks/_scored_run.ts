import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Predictions } from "../evaluation/predictions.ts";
import { readPredictions } from "../evaluation/predictions_csv.ts";
import { InputError } from "../support/input_error.ts";
import { isCrossValidation } from "../training/fold_folders.ts";
import { runFolder } from "../training/run_folder.ts";

/** What a run, or an evaluation of one, says of images. */
export interface ScoredFolder {
  predictions: Predictions;
  /** What is to be said of the folder, a line each. */
  notes: string[];
}

/**
 * Reads what a run's network said of its test set, or what `evaluate` wrote into a folder.
 *
 * @throws {InputError} Where there are no predictions, or they are damaged, or a run's checksums are missing that it had.
 */
export async function readScoredRun(dir: string): Promise<ScoredFolder> {
  const { checkRunFile, checkRunToRead, unsummedInWords } = await import("../training/check_run.ts");
  if (isCrossValidation(dir)) {
    throw new InputError(
      `${dir}: a cross-validation, whose scores are those of several networks: name one of its runs, as in fold-1`,
    );
  }
  const run = runFolder(dir);
  const file = [join(dir, "predictions.csv"), run.predictions("test")].find((file) => existsSync(file));
  if (file === undefined) {
    throw new InputError(
      `${dir}: has no predictions of a test set (a run that was imported has none: evaluate it, and name the folder that ` +
        "this writes)",
    );
  }
  await checkRunFile(run, file);
  const unsummed = unsummedInWords(run);
  if (unsummed !== null && existsSync(run.config)) {
    const { readRunConfig } = await import("../training/run_config.ts");
    await checkRunToRead(run, await readRunConfig(run), () => false);
  }
  return { predictions: await readPredictions(file), notes: unsummed === null ? [] : [unsummed] };
}
