import { existsSync } from "node:fs";
import { join } from "node:path";
import { type CrossValidation, crossValidation } from "../evaluation/cross_validation.ts";
import type { Predictions } from "../evaluation/predictions.ts";
import { predictionsCsvPieces, readPredictions } from "../evaluation/predictions_csv.ts";
import { crossValidationHtml } from "../report/cross_validation.ts";
import { InputError } from "../support/input_error.ts";
import { PHANTOM_FOLDER } from "../support/project.ts";
import {
  checkSummedOutputs,
  removeSummed,
  type SummedFolder,
  writeSummed,
} from "../support/summed_folder.ts";
import { checkRunToRead } from "../training/check_run.ts";
import { foldDir } from "../training/fold_folders.ts";
import { isRunOf, readRunConfig } from "../training/run_config.ts";
import { checkFree, type RunFolder, runFolder } from "../training/run_folder.ts";
import { type Settings, wantsPhantoms } from "../training/settings.ts";
import { completeRun } from "./complete_run.ts";
import { makeRunFolder, runNameOf } from "./make_run_folder.ts";
import type { Reporter } from "./reporter.ts";
import { PLACES } from "./resumed_settings.ts";

/** Where a cross-validation is written, and whom it tells. */
export interface CrossValidateOptions {
  /** The folder, missing or empty unless the cross-validation goes on. Default: the next free one in data/runs. */
  dir?: string | undefined;
  /** Whether it goes on with the folds that are in the folder: those that have ended stay as they are. Default: false. */
  resume?: boolean;
  /** Whether what is in the folder is replaced. Default: false. */
  overwrite?: boolean;
  /** Whether every image is compared with what was decoded of it before, instead of a sample. Default: false. */
  checkImages?: boolean;
  /** Gives what is told of a fold's run, from 1, in the cross-validation's folder; disposed of when that run has ended. */
  reporterOf?: ((fold: number, dir: string) => Reporter & Disposable) | undefined;
  /** Ends it with the signal's reason; what is complete is kept. */
  signal?: AbortSignal | undefined;
}

/** A cross-validation that is written. */
export interface CrossValidated {
  /** Its folder. */
  dir: string;
  /** What its networks reach together. */
  results: CrossValidation;
}

const FILES = { results: "cross-validation.json", predictions: "predictions.csv", report: "report.html" };

/**
 * Cross-validates by patient: trains, selects and tests a network for each fold, in the folders fold-1, fold-2 and so on,
 * and judges all test sets together. Writes `cross-validation.json`, `predictions.csv` of all images and `report.html`
 * beside them.
 *
 * @param settings With `folds`, and no `fold`.
 * @throws {InputError} What `completeRun` throws, and where the folder holds something else.
 */
export async function crossValidate(
  settings: Settings,
  { resume = false, overwrite = false, reporterOf, ...options }: CrossValidateOptions = {},
): Promise<CrossValidated> {
  const { folds, fold } = settings;
  if (folds === null || fold !== null) throw new RangeError("A cross-validation is of all folds");
  if (options.dir !== undefined && !resume && !overwrite) await checkFree(runFolder(options.dir));
  const dataPath = wantsPhantoms(settings) ? PHANTOM_FOLDER : settings.table ?? settings.data!;
  const dir = options.dir ?? await makeRunFolder(`${runNameOf(dataPath)}-folds`);
  const output: SummedFolder = { dir, kind: "folds" };
  await checkSummedOutputs(output, Object.values(FILES), { overwrite });
  const further = foldDir(dir, folds + 1);
  if (existsSync(runFolder(further).config)) {
    throw new InputError(`${further}: is of a cross-validation with more than ${folds} folds: move it away`);
  }
  const tests: Predictions[] = [];
  for (let fold = 1; fold <= folds; fold++) {
    const run = runFolder(foldDir(dir, fold));
    const goesOn = resume && existsSync(run.config);
    if (goesOn) await checkFold(run, { ...settings, fold });
    const hasEnded = goesOn && existsSync(run.report) && await isRunOf(run, { ...settings, fold });
    if (!hasEnded) {
      using reporter = reporterOf?.(fold, dir) ?? null;
      const context = { ...options, overwrite, dir: run.dir, reporter: reporter ?? undefined };
      try {
        await completeRun({ ...settings, fold }, goesOn ? { ...context, resume: true } : context);
      } catch (error) {
        // Only an empty folder goes: where the first fold could not begin, nothing is left.
        if (error instanceof InputError) await Deno.remove(dir).catch(() => {});
        throw error;
      }
    }
    // What stood here is no longer of these runs.
    if (overwrite && !resume && fold === 1) await removeSummed(output, () => true);
    tests.push(await readPredictions(run.predictions("test")));
  }
  const results = crossValidation(tests);
  const { phantom } = await readRunConfig(runFolder(foldDir(dir, 1)));
  await writeSummed(output, {
    [FILES.predictions]: () => predictionsCsvPieces(joined(tests)),
    [FILES.results]: JSON.stringify({ settings, ...results }, null, 1) + "\n",
    [FILES.report]: await crossValidationHtml({ dir, settings, phantom, results }),
  }, { overwrite });
  return { dir, results };
}

/** Makes sure that a fold's run is of this cross-validation, and what is read of it as it was written. */
async function checkFold(run: RunFolder, settings: Settings): Promise<void> {
  const config = await readRunConfig(run);
  const free: readonly (keyof Settings)[] = ["epochs", ...PLACES];
  for (const name of Object.keys(settings) as (keyof Settings)[]) {
    const [own, wanted] = [config.settings, settings].map((from) => JSON.stringify(from[name]));
    if (own === wanted || free.includes(name)) continue;
    throw new InputError(`${run.dir}: has ${name} ${own}, and the cross-validation has ${wanted}`);
  }
  if (config.settings.epochs > settings.epochs) {
    throw new InputError(
      `${run.dir}: has ${config.settings.epochs} epochs, and the cross-validation ${settings.epochs}: give all folds as many ` +
        `with --epochs ${config.settings.epochs}`,
    );
  }
  await checkRunToRead(run, config, (file) => join(run.dir, file) === run.predictions("test"));
}

/** The folds' predictions, one fold after the other. */
function joined(folds: readonly Predictions[]): Predictions {
  const weights = folds.flatMap(({ weights, images }) => [...weights ?? new Array(images.length).fill(1)]);
  return {
    labels: folds[0]!.labels,
    images: folds.flatMap(({ images }) => images),
    patients: folds.flatMap(({ patients }) => patients),
    truth: Uint8Array.from(folds.flatMap(({ truth }) => [...truth])),
    scores: Float64Array.from(folds.flatMap(({ scores }) => [...scores])),
    ...(folds.some(({ weights }) => weights) ? { weights: Float64Array.from(weights) } : {}),
  };
}
