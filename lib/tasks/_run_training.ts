import { existsSync } from "node:fs";
import { basename, relative, resolve } from "node:path";
import { isPhantomFolder } from "../phantom/write_phantoms.ts";
import { PARTS } from "../dataset/split.ts";
import { writeSplit } from "../dataset/split_file.ts";
import { InputError } from "../support/input_error.ts";
import { loadWeights } from "../model/load_weights.ts";
import { countParameters, createModel } from "../model/model.ts";
import { devices, libraryVersion } from "../tensorflow/mod.ts";
import type { HistoryRow } from "../training/history.ts";
import { networkOf } from "../training/network_of.ts";
import { writeRunConfig } from "../training/run_config.ts";
import {
  checkFree,
  claimRun,
  removeDrafts,
  removeRun,
  type RunFolder,
  runFolder,
  splitOf,
} from "../training/run_folder.ts";
import type { Settings } from "../training/settings.ts";
import { train, type TrainResult } from "../training/train.ts";
import { openTrainingData, type TrainingData } from "../training/training_data.ts";
import { givenPath } from "../support/given_path.ts";
import { finishRun } from "./_finish_run.ts";
import { findWeights } from "./_imagenet_weights.ts";
import { ensurePhantoms } from "./_phantom_folder.ts";
import { formatSeconds, showProgress } from "../support/progress.ts";
import { RUNS } from "../support/project.ts";

/** Where a run goes, whom it listens to and whom it tells. */
export interface RunTrainingOptions {
  /** The run's folder. Default: the next free one in data/runs. */
  dir?: string | undefined;
  /** Whether the folder's run is to go on. Default: false. */
  resume?: boolean;
  signal: AbortSignal;
  /** Is told what to say should the run be stopped from now on. */
  say(standing: string): void;
}

/**
 * Does all that `deno task train` does: opens the data, trains, tests, explains and writes the report.
 *
 * @returns The run's folder.
 * @throws The signal's reason where it ended the run.
 */
export async function runTraining(settings: Settings, options: RunTrainingOptions): Promise<RunFolder> {
  const { dir, resume = false, signal, say } = options;
  const started = performance.now();
  networkOf(settings, ["a finding"]); // Ends here where there is no such network, before images are decoded.
  const isNew = !resume || dir === undefined || !existsSync(runFolder(dir).history);
  const weights = settings.weights !== null && isNew
    ? await findWeights(settings.weights, settings.network)
    : null;
  if (!resume && dir !== undefined) await checkFree(runFolder(dir));
  const dataFolder = settings.data ?? await ensurePhantoms(signal);
  using data = await openData({ ...settings, data: dataFolder }, { dir, resume, signal });

  const { findings } = data;
  const folder = runFolder(dir ?? await makeNextRun(dataFolder));
  using _claim = await claimRun(folder);
  await removeDrafts(folder);
  if (!resume) await checkFree(folder);
  await writeRunConfig(folder, { settings, findings });
  await writeSplit(folder.split, data.split);
  const goOn = `Go on with: deno task train --run ${shown(folder.dir)} --resume`;
  say(`Stopped. ${goOn}`);
  const model = createModel(networkOf(settings, findings), settings);

  let result: TrainResult;
  try {
    if (weights !== null) await loadWeights(model, weights, { findings });
    console.error(describe(settings, data, countParameters(model)));
    result = await trainWithProgress(settings, { model, data, run: folder, resume, signal });
  } catch (error) {
    if (error instanceof InputError && !existsSync(folder.history)) await removeRun(folder);
    throw error;
  }
  if (result.stopped) {
    say(`Stopped after epoch ${result.history.length} of ${settings.epochs}. ${goOn}`);
    signal.throwIfAborted();
  }
  say(`Stopped before the report was written. ${goOn}`);
  await finishRun(settings, { model, data, run: folder, phantom: isPhantomFolder(dataFolder), signal });
  model.dispose();
  console.error(`Done in ${formatSeconds((performance.now() - started) / 1000)}: ${shown(folder.report)}`);
  return folder;
}

type Training = Parameters<typeof train>[1];

async function trainWithProgress(settings: Settings, training: Training): Promise<TrainResult> {
  let progress: ReturnType<typeof showProgress> | undefined;
  let started = performance.now();
  const begin = (title: string, total: number, unit: string) =>
    progress ??= showProgress(title, { total, unit });
  const end = () => {
    progress?.[Symbol.dispose]();
    progress = undefined;
  };
  try {
    return await train(settings, {
      ...training,
      onStep({ epoch, step, steps, loss }) {
        if (step === 1) end();
        begin(`Epoch ${epoch} of ${settings.epochs}`, steps, "steps").update(step, `loss ${loss.toFixed(4)}`);
        if (step === steps) end();
      },
      onValidation: (done, total) => begin("Validating", total, "images").update(done),
      onEpoch(row) {
        end();
        console.error(`${describeEpoch(row)}  ${formatSeconds((performance.now() - started) / 1000)}`);
        started = performance.now();
      },
    });
  } finally {
    end();
  }
}

function describeEpoch({ epoch, trainingLoss, validationLoss, meanAuc, choiceMetric }: HistoryRow): string {
  const auc = (value: number | null) => value === null ? "-" : value.toFixed(4).replace(/^0/, "");
  return `Epoch ${epoch}: loss ${trainingLoss.toFixed(4)}, validation loss ${validationLoss.toFixed(4)}, ` +
    `mean AUC ${auc(meanAuc)}, choice metric ${auc(choiceMetric)}`;
}

async function openData(
  settings: Settings & { data: string },
  { dir, resume, signal }: { dir: string | undefined; resume: boolean; signal: AbortSignal },
): Promise<TrainingData> {
  let progress: ReturnType<typeof showProgress> | undefined;
  try {
    return await openTrainingData(settings, {
      signal,
      ...(resume && dir !== undefined ? splitOf(runFolder(dir)) : {}),
      onProgress(done, total) {
        progress ??= showProgress("Decoding images", { total, unit: "images" });
        progress.update(done);
      },
    });
  } finally {
    progress?.[Symbol.dispose]();
  }
}

/** Makes the next folder in data/runs that is named after the data. */
async function makeNextRun(dataFolder: string): Promise<string> {
  await Deno.mkdir(RUNS, { recursive: true });
  for (let number = 1;; number++) {
    const dir = `${RUNS}/${basename(dataFolder)}-${number}`;
    try {
      await Deno.mkdir(dir);
      return dir;
    } catch (error) {
      if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    }
  }
}

function describe(settings: Settings, { split }: TrainingData, parameters: number): string {
  const gpus = devices().filter(({ type }) => type === "GPU").length;
  const device = gpus > 0
    ? `${gpus} GPU${gpus > 1 ? "s" : ""}`
    : `${navigator.hardwareConcurrency} CPU cores`;
  const parts = PARTS.map((part) => `${split[part].length.toLocaleString("en")} ${part}`).join(", ");
  return [
    `${settings.network}, ${
      parameters.toLocaleString("en")
    } parameters, ${settings.imageSize}x${settings.imageSize}`,
    `Images: ${parts} (split by ${settings.split === "official" ? "the NIH's lists" : settings.split})`,
    `TensorFlow ${libraryVersion()} on ${device}, ${settings.precision}`,
  ].join("\n");
}

/** A path as the user can type it. */
function shown(path: string): string {
  const short = relative(givenPath("."), resolve(path));
  return short.startsWith("..") ? resolve(path) : short;
}
