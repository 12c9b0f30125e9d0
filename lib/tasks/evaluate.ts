import { basename, resolve } from "node:path";
import { InvalidArgumentError, Option } from "commander";
import { alignFindings } from "../dataset/align_findings.ts";
import { entriesWithImage } from "../dataset/image_folder.ts";
import { openDataSet } from "../dataset/open_data_set.ts";
import { InputError } from "../support/input_error.ts";
import { LIMITS } from "../training/limits.ts";
import { defineTask, integerOption, overwriteOption, pathOption, runTask, warn } from "./_command.ts";
import { addDataOptions, checkImagesOption, type DataFlags, showNotes, sourceOf } from "./_data_options.ts";
import { describeMetrics } from "./_describe_metrics.ts";
import { interruptible } from "./_interrupt.ts";
import { withProgress } from "../support/progress.ts";
import { printable } from "../support/printable.ts";

interface EvaluateFlags extends DataFlags {
  run: string;
  name?: string;
  map?: Map<string, string>;
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
      "calibrations are those that the run's validation set gives.",
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
    ],
  }),
  { data: "the folder of a data set" },
)
  .addOption(
    pathOption("--run <dir>", { description: "a run that has ended", exists: "folder" })
      .makeOptionMandatory(),
  )
  .option("--name <name>", "the folder's name under evaluation/ (default: that of the data)")
  .addOption(
    new Option(
      "--map <names>",
      "findings of the data that are to be taken for the run's, where names and synonyms do not tell: " +
        '"Pleural Effusion=Effusion,Lung Lesion=Mass"',
    ).argParser(namesOf),
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

async function score(
  {
    run: dir,
    name: given,
    map,
    skipMissing = false,
    checkImages: checkAll,
    checkedMaps = 0,
    shortcutImages = 0,
    overwrite = false,
    ...flags
  }: EvaluateFlags,
  signal: AbortSignal,
): Promise<void> {
  const source = sourceOf(flags);
  const name = given ??
    basename(resolve(source.table ?? source.data ?? "")).replace(/\.(csv|npz)(\.gz)?$/, "");
  if (!/^[\w.-]+$/.test(name) || /^\.+$/.test(name)) {
    throw new InputError(`--name ${name}: may hold letters, digits, ".", "_" and "-" only`);
  }
  const { openImageCache } = await import("../dataset/image_cache.ts");
  const { loadRun } = await import("../runs/load_run.ts");
  const { scoringMemory } = await import("../model/memory.ts");
  const { checkMemory } = await import("../training/check_memory.ts");
  const { scoreImages, scorer } = await import("../training/score.ts");
  const { checkEvaluationOutputs, reportEvaluation } = await import("../runs/report_evaluation.ts");
  const { checkHeatMaps, checkShortcuts } = await import("../runs/check_network.ts");
  const { scoreBoxes } = await import("../explanation/score_boxes.ts");
  const { warnOfImages } = await import("./_warn_of_images.ts");
  const loaded = await loadRun(dir);
  const { run, settings, findings, model, imported } = loaded;
  loaded.notes.forEach(warn);
  await checkEvaluationOutputs(run, name, { overwrite });
  checkMemory(scoringMemory(model.network, settings), settings);
  const { dataSet } = alignFindings(await openDataSet(source), findings, map);
  showNotes(dataSet.notes);
  const folder = {
    ...await dataSet.findImages(),
    ...(imported ? { preparation: imported.preparation } : {}),
  };
  const entries = entriesWithImage(dataSet.entries, folder, { table: dataSet.table, skipMissing });
  const names = entries.map(({ image }) => image);
  using cache = await withProgress(
    "Decoding images",
    "images",
    (onProgress) => openImageCache(folder, names, { size: settings.imageSize, checkAll, onProgress, signal }),
  );
  await warnOfImages(run, { dir: folder.dir, cache, entries });
  const { batchSize } = settings;
  const { predictions } = await withProgress(
    "Scoring",
    "images",
    (onProgress) =>
      scoreImages(scorer(model, settings), { cache, entries, findings }, { batchSize, onProgress, signal }),
  );
  const checked = { cache, findings, entries, predictions };
  const checks = {
    localisation: checkedMaps === 0 ? null : (await withProgress(
      "Scoring heat maps",
      "maps",
      (onProgress) =>
        scoreBoxes(model, { ...checked, boxes: dataSet.boxes }, {
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
        checkHeatMaps(model, { ...checked, trainingBoxes: [] }, {
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
  }, { overwrite });
  showNotes(notes);
  console.log(describeMetrics(metrics));
  console.log(`Written to ${printable(out)}`);
}

if (import.meta.main) await runTask(evaluate);
