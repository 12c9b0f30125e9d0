import { existsSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { alignFindings } from "../dataset/align_findings.ts";
import { entriesWithImage } from "../dataset/image_folder.ts";
import { openDataSet } from "../dataset/open_data_set.ts";
import { evaluate as evaluatePredictions, writeMetrics } from "../evaluation/metrics.ts";
import { readPredictions, writePredictions } from "../evaluation/predictions.ts";
import { InputError } from "../support/input_error.ts";
import { defineTask, pathOption, runTask } from "./_command.ts";
import { addDataOptions, type DataFlags, showNotes, sourceOf } from "./_data_options.ts";
import { describeMetrics } from "./_describe_metrics.ts";
import { interruptible } from "./_interrupt.ts";
import { withProgress } from "../support/progress.ts";

interface EvaluateFlags extends DataFlags {
  run: string;
  name?: string;
  skipMissing?: boolean;
}

const evaluate = addDataOptions(
  defineTask("evaluate", {
    description:
      "Scores other images with a run's chosen weights and writes predictions.csv and metrics.json into the run's " +
      "folder evaluation/NAME. The thresholds and calibrations are those that the run's validation part gives.",
    examples: [
      ["deno task evaluate --run data/runs/phantom-1 --data DIR", "all images of a data set"],
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
  .option("--skip-missing", "leave out rows whose image is missing")
  .action((flags: EvaluateFlags) =>
    interruptible((signal) => score(flags, signal), {
      heard: "Stopping after this batch",
      stopped: () => "Stopped; nothing was written. Images that were decoded are kept.",
    })
  );

async function score(
  { run: dir, name: given, skipMissing = false, ...flags }: EvaluateFlags,
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
  const { warnOfImages } = await import("./_warn_of_images.ts");
  const { run, settings, findings, model } = await loadRun(dir);
  checkMemory(scoringMemory(model.network, settings), settings);
  const { dataSet } = alignFindings(await openDataSet(source), findings);
  showNotes(dataSet.notes);
  const folder = await dataSet.findImages();
  const entries = entriesWithImage(dataSet.entries, folder, { table: dataSet.table, skipMissing });
  const names = entries.map(({ image }) => image);
  using cache = await withProgress(
    "Decoding images",
    "images",
    (onProgress) => openImageCache(folder, names, { size: settings.imageSize, onProgress, signal }),
  );
  await warnOfImages(run, { dir: folder.dir, cache, entries });
  const { batchSize, seed } = settings;
  const { predictions } = await withProgress(
    "Scoring",
    "images",
    (onProgress) =>
      scoreImages(scorer(model, settings), { cache, entries, findings }, { batchSize, onProgress, signal }),
  );
  const validation = run.predictions("validation");
  const metrics = evaluatePredictions(predictions, {
    entries,
    seed,
    ...(existsSync(validation) ? { validation: await readPredictions(validation) } : {}),
  });
  const out = join(run.dir, "evaluation", name);
  await writePredictions(join(out, "predictions.csv"), predictions);
  await writeMetrics(join(out, "metrics.json"), metrics);
  console.log(describeMetrics(metrics));
  console.log(`Written to ${out}`);
}

if (import.meta.main) await runTask(evaluate);
