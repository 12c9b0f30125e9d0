import { Option } from "commander";
import { LOSSES, LOSSES_IN_WORDS } from "../model/loss_names.ts";
import { MAX_DEPTH, NETWORK_NAMES } from "../model/network_names.ts";
import { givenPath } from "../support/given_path.ts";
import { InputError } from "../support/input_error.ts";
import { type WorkerList, workerList } from "../support/worker_list.ts";
import { writeAtomically } from "../support/write_atomically.ts";
import type { WorkersGone } from "../runs/share_run.ts";
import { configurationNames } from "../training/configurations.ts";
import { LIMITS } from "../training/limits.ts";
import type { Settings } from "../training/settings.ts";
import {
  choiceOption,
  defineTask,
  fractionOption,
  integerOption,
  numberOption,
  pathOption,
  runTask,
  seedOption,
} from "./_command.ts";
import { configurationOption } from "./_configuration_option.ts";
import { addDataOptions, checkImagesOption } from "./_data_options.ts";
import { interruptible } from "./_interrupt.ts";
import { type Restart, RESTART_STATUS, restartFile } from "./_restarts.ts";
import { addSplitOptions, foldOption, foldsOption, refuseIdle } from "./_split_options.ts";

/** The flags that are not settings. */
interface OwnFlags {
  run?: string;
  resume?: boolean;
  overwrite?: boolean;
  checkImages?: boolean;
  config?: string;
  depth?: number;
  settings?: true;
  workers?: string;
  worker?: number;
  localWorkers?: number;
  trustNetwork?: boolean;
  elastic?: boolean;
  open?: boolean;
}

type TrainFlags = OwnFlags & Partial<Omit<Settings, "workers">>;

const train = addSplitOptions(addDataOptions(
  defineTask("train", {
    description:
      "Trains a network on chest X-rays, chooses an epoch on the validation set, tests it once, explains it with " +
      "Grad-CAM and writes report.html. Without --data it draws phantom images and trains on those.",
    examples: [
      [
        "deno task train",
        "the quick start: phantom images, about six minutes on two cores with AVX-512, about eight without",
      ],
      [
        "deno task train --config original --data DIR",
        "the original notebook's recipe on your copy of the NIH's images",
      ],
      ["deno task train --data DIR --image-size 64 --epochs 5", "a quick look at a data set of your own"],
      [
        "deno task train --table labels.csv --images DIR --split image",
        "images of your own with a table of what they have, which does not say the patients",
      ],
      ["deno task train --run data/runs/phantom-1 --resume", "goes on with a run that was stopped"],
      [
        "deno task train --config transfer --data DIR --folds 5 --stratify",
        "cross-validation by patient: five runs, and what they reach together",
      ],
    ],
  }),
  { data: "the folder of a data set (default: phantom images)" },
))
  .addOption(
    pathOption("--run <dir>", {
      description: "where to write the run (default: the next free folder in data/runs)",
    }),
  )
  .option("--settings", "list every setting with its default and its meaning, and train nothing")
  .option("--resume", "go on after the last complete epoch of the run")
  .addOption(
    configurationOption({
      description: `settings: ${configurationNames().join(", ")}, a file, or a run's config.json ` +
        "(flags win over it; default: default)",
    }),
  )
  .addOption(
    integerOption("--epochs <n>", {
      description: "number of epochs",
      ...LIMITS.epochs,
    }),
  )
  .addOption(
    integerOption("--image-size <n>", {
      description: "image size: height and width in pixels",
      ...LIMITS.imageSize,
    }),
  )
  .addOption(
    integerOption("--initial-image-size <n>", {
      description: "progressive resizing: train at this smaller size in the first --initial-epochs",
      ...LIMITS.imageSize,
    }),
  )
  .addOption(
    integerOption("--initial-epochs <n>", {
      description: "epochs at --initial-image-size",
      minimum: 1,
      maximum: LIMITS.epochs.maximum,
    }),
  )
  .addOption(
    integerOption("--batch-size <n>", {
      description: "batch size: images per training step",
      ...LIMITS.batchSize,
    }),
  )
  .option("--network <name>", `the network: ${NETWORK_NAMES.join(", ")}`)
  .addOption(
    integerOption("--depth <n>", {
      description: "the same by depth: ResNet v2 of 9n + 2 layers",
      minimum: 11,
      maximum: MAX_DEPTH,
    }).conflicts("network"),
  )
  .addOption(foldsOption())
  .addOption(foldOption())
  .addOption(pathOption("--split-file <file>", {
    description:
      "a split of your own, also as --split FILE.csv: an image and its set (train, val, test) in each row",
    exists: "file",
  }))
  .addOption(
    numberOption("--learning-rate <x>", { description: "peak learning rate", ...LIMITS.learningRate }),
  )
  .addOption(choiceOption("--schedule <kind>", {
    description: "learning-rate schedule",
    choices: ["constant", "cosine", "oneCycle"],
  }))
  .addOption(choiceOption("--precision <type>", {
    description: "float32, or bfloat16 where the machine is faster with it",
    choices: ["float32", "bfloat16"],
  }))
  .addOption(choiceOption("--loss <kind>", {
    description: LOSSES_IN_WORDS,
    choices: LOSSES,
  }))
  .option("--stratified-batches", "let each batch have about as many images of each finding")
  .addOption(
    fractionOption("--label-smoothing <fraction>", {
      description: "for noisy labels: a label y becomes y (1 - s) + s / 2 (default: 0)",
    }),
  )
  .addOption(choiceOption("--selection <kind>", {
    description: "checkpoint selection: the epoch with the best selection metric, or the last",
    choices: ["best", "last"],
  }))
  .addOption(integerOption("--averaged-epochs <n>", {
    description: "take the mean of so many epochs' weights, up to that epoch (SWA; default: 1)",
    minimum: 1,
    maximum: LIMITS.epochs.maximum,
  }))
  .option(
    "--recomputed-statistics",
    "compute batch normalisation's running statistics anew from the training images once the weights are chosen",
  )
  .addOption(integerOption("--test-time-copies <n>", {
    description:
      "test-time augmentation: score so many copies of each image, changed as in training, beside it (default: 0)",
    ...LIMITS.testTimeCopies,
  }))
  .addOption(integerOption("--checked-maps <n>", {
    description: "heat maps that are checked for being faithful to the network, 0 for none (default: 10)",
    ...LIMITS.checkedMaps,
  }))
  .addOption(integerOption("--shortcut-images <n>", {
    description:
      "test images that are scored with corners, border or lungs covered, to see what scores rest on (default: 300)",
    ...LIMITS.shortcutImages,
  }))
  .option(
    "--weights <file>",
    "weights to start from: imagenet, or a file of safetensors, Keras (HDF5) or PyTorch (a checkpoint or whole module)",
  )
  .option(
    "--xla",
    "compile with XLA, for GPUs: two to three times as fast there, after a minute of compiling",
  )
  .addOption(
    seedOption({
      description: "the same seed gives the same run, bit for bit",
    }),
  )
  .option("--skip-missing", "leave out rows whose image is missing")
  .addOption(checkImagesOption())
  .option(
    "--workers <list>",
    "host:port of each machine that trains, the same list on all, separated by commas",
  )
  .addOption(integerOption("--worker <n>", {
    description: "which of the workers this one is, from 0 (default: what TF_CONFIG says)",
    minimum: 0,
  }))
  .addOption(
    integerOption("--local-workers <n>", {
      description: "start so many workers on this machine, each with a GPU of its own where there are any",
      minimum: 1,
      maximum: 64,
    }).conflicts(["workers", "worker"]),
  )
  .option(
    "--elastic",
    "where a worker is gone, let the others go on from the last whole epoch (other bits from there on); with --resume: go on " +
      "with another number of workers",
  )
  .option(
    "--trust-network",
    "let workers have public addresses: whoever reaches their ports can run code there",
  )
  .addOption(choiceOption("--gradient-precision <type>", {
    description: "what workers send: float32, or bfloat16, half the bytes",
    choices: ["float32", "bfloat16"],
  }))
  .option(
    "--sync-batch-norm",
    "take batch normalisation's statistics over all workers' images instead of each worker's own: two small exchanges a layer",
  )
  .option(
    "--open",
    "show the run while it goes on in a page of this machine, opened in the browser, which becomes the report",
  )
  .addOption(
    new Option(
      "--overwrite",
      "start the run of --run anew; with --resume: write its report and pictures anew though they were changed",
    ),
  )
  .action(async ({ run: dir, resume = false, config, depth, settings: list, ...given }: TrainFlags) => {
    if (list) {
      const { describeSettings } = await import("../training/settings.ts");
      return console.log(describeSettings());
    }
    const {
      overwrite = false,
      checkImages = false,
      workers,
      worker,
      localWorkers: _,
      trustNetwork = false,
      elastic = false,
      open = false,
      ...flags
    } = given;
    const tfConfig = Deno.env.get("TF_CONFIG");
    const team = workerList({ workers, worker, tfConfig, trustNetwork });
    const { syncBatchNorm = false, gradientPrecision } = flags;
    const ofWorkers = {
      "--elastic": elastic,
      "--sync-batch-norm": syncBatchNorm,
      "--gradient-precision": gradientPrecision !== undefined,
      "--trust-network": trustNetwork,
    };
    const idle = Object.entries(ofWorkers).find(([, isGiven]) => isGiven);
    if (team === null && idle) {
      throw new InputError(
        `${idle[0]}: only where several workers train together (--workers, --local-workers)`,
      );
    }
    if (depth !== undefined && depth % 9 !== 2) {
      throw new InputError(`--depth ${depth}: has to be 9n + 2, such as 11, 20, 29 or 56`);
    }
    const named = {
      ...flags,
      ...(depth === undefined ? {} : { network: `resnet${depth}v2` }),
      ...(team ? { workers: team.addresses.length } : {}),
    };
    const { completeRun } = await import("../runs/complete_run.ts");
    const { resumedSettings } = await import("../runs/resumed_settings.ts");
    const { withWorkers } = await import("../training/fewer_workers.ts");
    const { foldDir, isCrossValidation } = await import("../training/fold_folders.ts");
    const { checkSettings, readConfiguration } = await import("../training/settings.ts");
    const { terminalReporter } = await import("./_terminal_reporter.ts");
    const { reportToAll } = await import("../runs/reporter.ts");
    const { tensorboardReporter } = await import("../runs/tensorboard_reporter.ts");
    using reporter = terminalReporter();
    using tensorboard = tensorboardReporter();
    let standing = reporter.standing;

    async function settingsOf(): Promise<Settings> {
      // Worker 0 alone has the run's folder, whose settings the others take.
      if (resume && (team?.index ?? 0) === 0) {
        if (!isCrossValidation(dir!)) return await resumedSettings(dir!, { config, flags: named, elastic });
        const { fold, ...rest } = named;
        if (typeof fold === "number") {
          throw new InputError(
            `--fold ${fold}: --resume goes on with all folds; with one alone by --run ${foldDir(dir!, fold)}`,
          );
        }
        return { ...await resumedSettings(foldDir(dir!, 1), { config, flags: rest }), fold: null };
      }
      const name = config ?? "default";
      const given = { ...await readConfiguration(name), ...named };
      refuseIdle(flags, { kind: checkSettings({ ...given, workers: 1 }, name).split });
      if (!elastic || !resume) return checkSettings(given, name);
      const { workers } = named;
      return withWorkers(checkSettings({ ...given, workers: 1 }, name), { workers: workers ?? 1 });
    }

    if (resume && dir === undefined) throw new InputError("--resume needs --run DIR: which run is to go on?");
    await interruptible(async (signal) => {
      const settings = withPaths(await settingsOf());
      if (settings.folds !== null && settings.fold === null) {
        if (team !== null || open) {
          throw new InputError(
            `--folds: with ${open ? "--open" : "workers"}, say which is trained, as in --fold 1`,
          );
        }
        const { trainFolds } = await import("./_train_folds.ts");
        return await trainFolds(settings, {
          dir,
          resume,
          overwrite,
          checkImages,
          signal,
          onStanding: (told) => standing = told,
        });
      }
      await using page = open && (team?.index ?? 0) === 0 ? await openPage() : null;
      const reporters = [reporter, tensorboard, ...(page === null ? [] : [page.reporter])];
      const context = { signal, overwrite, checkImages, ...(resume ? { dir: dir!, resume } : { dir }) };
      if (team === null) {
        return void await completeRun(settings, {
          ...context,
          reporter: reportToAll(reporters),
        });
      }
      const { shareRun, WorkersGone } = await import("../runs/share_run.ts");
      const { quietReporter, workersReporter } = await import("./_workers_reporter.ts");
      const told = team.index === 0 ? reportToAll(reporters) : quietReporter(reporter);
      try {
        await shareRun(settings, {
          ...team,
          trustNetwork,
          elastic,
          ...workersReporter(team),
          run: { ...context, reporter: told },
        });
      } catch (error) {
        if (error instanceof WorkersGone) await leaveRestart(team, error);
        throw error;
      }
    }, {
      heard: "Stopping",
      stopped: () => team === null || team.index === 0 ? standing() : `Worker ${team.index} stopped`,
    });
  });

/** Ends this worker, to be started again with those that are left. */
async function leaveRestart(
  { addresses, index }: WorkerList,
  { message, left, index: worker, run }: WorkersGone,
): Promise<never> {
  const restart: Restart = { workers: left, worker, run };
  await writeAtomically(restartFile(addresses[index]!), JSON.stringify(restart) + "\n");
  console.error(
    `${message}: ${left.length} of ${addresses.length} workers go on from the last whole epoch, with other bits from there on`,
  );
  Deno.exit(RESTART_STATUS);
}

/** Opens the live page and says where it is. */
async function openPage() {
  const { openLivePage } = await import("../server/live_page.ts");
  const { openBrowser } = await import("./_open_browser.ts");
  const page = await openLivePage();
  const isOpened = openBrowser(page.address);
  console.error(`${isOpened ? "The run is shown at" : "No browser was found: open"} ${page.address}`);
  return page;
}

/** Makes the path of a file of weights, which may also be a word, one from the project's folder. */
function withPaths(settings: Settings): Settings {
  const { weights } = settings;
  return weights === null || weights === "imagenet" ? settings : { ...settings, weights: givenPath(weights) };
}

if (import.meta.main) await runTask(train);
