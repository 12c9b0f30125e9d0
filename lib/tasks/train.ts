import { existsSync } from "node:fs";
import { basename, relative, resolve } from "node:path";
import { SPLIT_KINDS } from "../dataset/make_split.ts";
import { PARTS } from "../dataset/split.ts";
import { writeSplit } from "../dataset/split_file.ts";
import { InputError } from "../input_error.ts";
import { countParameters, createModel } from "../model/model.ts";
import { devices, libraryVersion } from "../tensorflow/mod.ts";
import type { HistoryRow } from "../training/history.ts";
import { networkOf } from "../training/network_of.ts";
import { writeRunConfig } from "../training/run_config.ts";
import { checkFree, claimRun, removeDrafts, removeRun, runFolder } from "../training/run_folder.ts";
import { checkSettings, configurationNames, readConfiguration, type Settings } from "../training/settings.ts";
import { train as trainModel, type TrainResult } from "../training/train.ts";
import { openTrainingData, type TrainingData } from "../training/training_data.ts";
import {
  choiceOption,
  defineTask,
  fractionOption,
  givenPath,
  integerOption,
  numberOption,
  pathOption,
  runTask,
} from "./_command.ts";
import { finishRun } from "./_finish_run.ts";
import { interruptible } from "./_interrupt.ts";
import { ensurePhantoms } from "./_phantom_folder.ts";
import { formatSeconds, showProgress } from "./_progress.ts";
import { resumedSettings } from "./_resumed_settings.ts";

const RUNS = resolve(import.meta.dirname!, "../../data/runs");

/** The flags that are not settings. */
interface OwnFlags {
  run?: string;
  resume?: boolean;
  config?: string;
  depth?: number;
}

const train = defineTask("train", {
  description:
    "Trains a network on chest X-rays, chooses an epoch on the validation part, tests it once, explains it with " +
    "Grad-CAM and writes report.html. Without --data it draws phantom images and trains on those.",
  examples: [
    ["deno task train", "the quick start: phantom images, some minutes on two cores"],
    [
      "deno task train --config original --data DIR",
      "the original notebook's recipe on your copy of the NIH's images",
    ],
    [
      "deno task train --data DIR --image-size 64 --epochs 5",
      "a quick look at your own images in the NIH's layout",
    ],
    ["deno task train --run data/runs/phantom-1 --resume", "goes on with a run that was stopped"],
  ],
})
  .addOption(
    pathOption("--data <dir>", { description: "a folder in the NIH's layout (default: phantom images)" }),
  )
  .addOption(
    pathOption("--run <dir>", {
      description: "where to write the run (default: the next free folder in data/runs)",
    }),
  )
  .option("--resume", "go on after the last complete epoch of the run")
  .option(
    "--config <file>",
    `settings: a file, or ${configurationNames().join(", ")} (flags win over it; default: default)`,
  )
  .addOption(
    integerOption("--epochs <n>", { description: "times that each training image is seen", minimum: 1 }),
  )
  .addOption(
    integerOption("--image-size <n>", {
      description: "pixels a side that images are brought to",
      minimum: 32,
    }),
  )
  .addOption(integerOption("--batch-size <n>", { description: "images a step", minimum: 1 }))
  .option("--network <name>", "the network, such as resnet56v2")
  .addOption(
    integerOption("--depth <n>", {
      description: "the same by depth: ResNet v2 of 9n + 2 layers",
      minimum: 11,
    }),
  )
  .addOption(choiceOption("--split <kind>", {
    description: "by image at random (patients leak), by whole patients, or by the NIH's lists",
    choices: SPLIT_KINDS,
  }))
  .addOption(
    pathOption("--lists <dir>", { description: "where the NIH's lists are (default: that of --data)" }),
  )
  .addOption(
    fractionOption("--keep-normal <fraction>", {
      description: "how many of the images with no finding stay",
    }),
  )
  .addOption(numberOption("--learning-rate <x>", { description: "the highest learning rate", minimum: 1e-9 }))
  .addOption(choiceOption("--schedule <kind>", {
    description: "how the learning rate goes on",
    choices: ["constant", "cosine", "oneCycle"],
  }))
  .addOption(choiceOption("--precision <type>", {
    description: "float32, or bfloat16 where the machine is faster with it",
    choices: ["float32", "bfloat16"],
  }))
  .option("--xla", "compile with XLA: for GPUs")
  .addOption(
    integerOption("--seed <n>", {
      description: "the same seed gives the same run, bit for bit",
      minimum: 0,
      maximum: 2 ** 31 - 1,
    }),
  )
  .option("--skip-missing", "leave out rows whose image is missing")
  .action(async (flags: OwnFlags & Partial<Settings>) => {
    let standing = "Stopped before the run began; images that were decoded are kept";
    await interruptible((signal) => run(flags, { signal, say: (text) => standing = text }), {
      heard: "Stopping",
      stopped: () => standing,
    });
  });

/** Whom a run listens to and tells. */
interface RunOptions {
  signal: AbortSignal;
  /** Is told what to say should the run be stopped from now on. */
  say(standing: string): void;
}

async function run(
  { run: dir, resume = false, config, depth, ...flags }: OwnFlags & Partial<Settings>,
  { signal, say }: RunOptions,
): Promise<void> {
  const started = performance.now();
  const given = { ...flags, ...(depth === undefined ? {} : { network: `resnet${depth}v2` }) };
  const settings = resume
    ? await resumedSettings(dir, { config, flags: given })
    : checkSettings({ ...await readConfiguration(config ?? "default"), ...given }, config ?? "default");
  const network = networkOf(settings);
  if (!resume && dir !== undefined) await checkFree(runFolder(dir));
  const dataFolder = settings.data ?? await ensurePhantoms(signal);
  using data = await openData({ ...settings, data: dataFolder }, { dir, resume, signal });

  const folder = runFolder(dir ?? await makeNextRun(dataFolder));
  using _claim = await claimRun(folder);
  await removeDrafts(folder);
  if (!resume) await checkFree(folder);
  await writeRunConfig(folder, settings);
  await writeSplit(folder.split, data.split);
  const goOn = `Go on with: deno task train --run ${shown(folder.dir)} --resume`;
  say(`Stopped. ${goOn}`);
  const model = createModel(network, settings);
  console.error(describe(settings, data, countParameters(model)));

  let result: TrainResult;
  try {
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
  await finishRun(settings, { model, data, run: folder, phantom: settings.data === null, signal });
  console.error(`Done in ${formatSeconds((performance.now() - started) / 1000)}: ${shown(folder.report)}`);
}

type Training = Parameters<typeof trainModel>[1];

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
    return await trainModel(settings, {
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
  const { split, history } = runFolder(dir ?? "");
  let progress: ReturnType<typeof showProgress> | undefined;
  try {
    return await openTrainingData(settings, {
      signal,
      ...(resume && (existsSync(split) || existsSync(history)) ? { splitFile: split } : {}),
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

if (import.meta.main) await runTask(train);
