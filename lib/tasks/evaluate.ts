import { existsSync } from "node:fs";
import { InvalidArgumentError, Option } from "commander";
import { openDataSet } from "../dataset/open_data_set.ts";
import { InputError } from "../support/input_error.ts";
import { LIMITS } from "../training/limits.ts";
import type { Engine } from "./_score_data_set.ts";
import { ListOption } from "./_check_flags.ts";
import { defineTask, existingPath, integerOption, overwriteOption, runTask, warn } from "./_command.ts";
import { addDataOptions, checkImagesOption, type DataFlags, showNotes, sourceOf } from "./_data_options.ts";
import { describeMetrics } from "./_describe_metrics.ts";
import { interruptible } from "./_interrupt.ts";
import { checkEvaluationName, nameOfData } from "./_evaluation_name.ts";
import { withProgress } from "../support/progress.ts";
import { printable } from "../support/printable.ts";

interface EvaluateFlags extends DataFlags {
  run: string[];
  name?: string;
  map?: Map<string, string>;
  engine: Engine;
  skipMissing?: boolean;
  checkImages?: boolean;
  checkedMaps?: number;
  shortcutImages?: number;
  overwrite?: boolean;
}

const evaluate = addDataOptions(
  defineTask("evaluate", {
    description:
      "Scores other images with a run's chosen weights and writes predictions, metrics, a report and a model card into " +
      "the run's folder evaluation/NAME. Findings are matched by their names and synonyms. The thresholds and " +
      "calibrations are those that the run's validation set gives. With several runs, their mean (an ensemble) is judged, with " +
      "DeLong's test by patient against the best of them: on the images given, or on the runs' common test set.",
    examples: [
      ["deno task evaluate --run data/runs/phantom-1 --data DIR", "all images of a data set"],
      [
        "deno task evaluate --run data/runs/phantom-1 --data DIR --checked-maps 100 --shortcut-images 5000",
        "with checks of heat maps and of what scores rest on",
      ],
      [
        "deno task evaluate --run data/runs/phantom-1 --table labels.csv --images DIR",
        "images of your own, with a table of what they have",
      ],
      [
        "deno task evaluate --run data/runs/a --run data/runs/b --run data/runs/c",
        "whether three runs of one test set are better together than the best of them",
      ],
      [
        "deno task evaluate --run data/runs/phantom-1 --data DIR --engine openvino",
        "scored by OpenVINO, for less processor time; the first time it is installed",
      ],
    ],
  }),
  { data: "the folder of a data set" },
)
  .addOption(
    new ListOption(
      "--run <dir>",
      "a run that has ended; given more than once, the mean of the runs' probabilities is judged beside the best of them",
      (text) => existingPath(text, "folder"),
    ).makeOptionMandatory(),
  )
  .option("--name <name>", "the folder's name under evaluation/ (default: that of the data)")
  .addOption(
    new Option(
      "--map <names>",
      "findings of the data that are to be taken for the run's, where names and synonyms do not tell: " +
        '"Pleural Effusion=Effusion,Lung Lesion=Mass"',
    ).argParser(namesOf),
  )
  .addOption(
    new Option(
      "--engine <engine>",
      "what computes the scores, which agree but for rounding; openvino for Linux on x64",
    )
      .choices(["tensorflow", "openvino"]).default("tensorflow"),
  )
  .addOption(integerOption("--checked-maps <n>", {
    description:
      "also check so many heat maps for being faithful to the network, and score all against bounding boxes",
    ...LIMITS.checkedMaps,
  }))
  .addOption(integerOption("--shortcut-images <n>", {
    description:
      "also score so many images with corners, border or lungs covered, to see what scores rest on",
    ...LIMITS.shortcutImages,
  }))
  .option("--skip-missing", "leave out rows whose image is missing")
  .addOption(checkImagesOption())
  .addOption(overwriteOption())
  .action((flags: EvaluateFlags) =>
    interruptible((signal) => score(flags, signal), {
      heard: "Stopping after this batch",
      stopped: () => "Stopped; nothing was written. Images that were decoded are kept.",
    })
  );

/** Reads `FROM=TO,FROM=TO`. */
function namesOf(text: string): Map<string, string> {
  const pairs = text.split(",").map((pair) => pair.split("=").map((name) => name.trim()));
  if (pairs.some((pair) => pair.length !== 2 || pair.includes(""))) {
    throw new InvalidArgumentError('Expected names as in "Pleural Effusion=Effusion,Lung Lesion=Mass".');
  }
  const names = new Map(pairs as [string, string][]);
  if (names.size < pairs.length) throw new InvalidArgumentError("A finding of the data is named twice.");
  return names;
}

async function score(flags: EvaluateFlags, signal: AbortSignal): Promise<void> {
  const { run: runs, checkedMaps = 0, shortcutImages = 0 } = flags;
  if (runs.length === 1) return await scoreOne(runs[0]!, flags, signal);
  if (new Set(runs.map((dir) => Deno.realPathSync(dir))).size < runs.length) {
    throw new InputError("--run: the same run is given twice");
  }
  if (checkedMaps > 0 || shortcutImages > 0) {
    throw new InputError("--checked-maps, --shortcut-images: check one network, and several runs are given");
  }
  if (flags.engine !== "tensorflow") throw new InputError("--engine: is for one run, and several are given");
  const { evaluateEnsemble } = await import("./_evaluate_ensemble.ts");
  await evaluateEnsemble(runs, { ...flags, source: sourceOf(flags), name: flags.name }, signal);
}

async function scoreOne(
  dir: string,
  { checkedMaps = 0, shortcutImages = 0, overwrite = false, ...flags }: EvaluateFlags,
  signal: AbortSignal,
): Promise<void> {
  const source = sourceOf(flags);
  const name = flags.name ?? nameOfData(source) ?? "";
  checkEvaluationName(name);
  const { loadRun } = await import("../runs/load_run.ts");
  const { checkEvaluationOutputs, reportEvaluation } = await import("../runs/report_evaluation.ts");
  const { checkHeatMaps, checkShortcuts } = await import("../runs/check_network.ts");
  const { scoreDataSet } = await import("./_score_data_set.ts");
  const { readTrainingBoxes } = await import("../runs/training_boxes.ts");
  const { scoreBoxes } = await import("../explanation/score_boxes.ts");
  const loaded = await loadRun(dir);
  const { run, settings, findings, imported, model } = loaded;
  loaded.notes.forEach(warn);
  if (checkedMaps > 0 && !imported && !existsSync(run.trainingBoxes)) {
    warn(
      `${run.trainingBoxes}: is missing, as of runs of older versions: no prior map stands beside heat maps`,
    );
  }
  await checkEvaluationOutputs(run, name, { overwrite });
  using scored = await scoreDataSet(loaded, await openDataSet(source), { ...flags, signal });
  const { dataSet, cache, entries, predictions, engine } = scored;
  const { batchSize } = settings;
  const checked = { cache, findings, entries, predictions };
  const trainingBoxes = await readTrainingBoxes(run, findings) ?? [];
  const checks = {
    localisation: checkedMaps === 0 ? null : (await withProgress(
      "Scoring heat maps",
      "maps",
      (onProgress) =>
        scoreBoxes(model, { ...checked, boxes: dataSet.boxes, trainingBoxes }, {
          batchSize,
          seed: settings.seed,
          onProgress,
          signal,
        }),
    ))?.localisation ?? null,
    faithfulness: await withProgress(
      "Checking maps",
      "steps",
      (onProgress) =>
        checkHeatMaps(model, { ...checked, trainingBoxes }, {
          settings,
          most: checkedMaps,
          onProgress,
          signal,
        }),
    ),
    shortcuts: await withProgress(
      "Covering regions",
      "images",
      (onProgress) => checkShortcuts(model, checked, { settings, most: shortcutImages, onProgress, signal }),
    ),
  };
  const { dir: out, metrics, notes } = await reportEvaluation(loaded, {
    name,
    data: dataSet,
    entries,
    predictions,
    checks,
    engine,
  }, { overwrite });
  showNotes(notes);
  console.log(describeMetrics(metrics));
  console.log(`Written to ${printable(out)}`);
}

if (import.meta.main) await runTask(evaluate);
