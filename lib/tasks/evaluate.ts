import { existsSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { entriesWithImage, openDatasetFolder } from "../dataset/dataset_folder.ts";
import { readMetadata } from "../dataset/metadata.ts";
import { evaluate as evaluatePredictions, writeMetrics } from "../evaluation/metrics.ts";
import { readPredictions, writePredictions } from "../evaluation/predictions.ts";
import { InputError } from "../support/input_error.ts";
import { defineTask, pathOption, runTask } from "./_command.ts";
import { describeMetrics } from "./_describe_metrics.ts";
import { interruptible } from "./_interrupt.ts";
import { warnOfImages } from "./_warn_of_images.ts";
import { showProgress } from "../support/progress.ts";

interface EvaluateFlags {
  run: string;
  data: string;
  name?: string;
  skipMissing?: boolean;
}

const evaluate = defineTask("evaluate", {
  description:
    "Scores other images with a run's chosen weights and writes predictions.csv and metrics.json into the run's " +
    "folder evaluation/NAME. The thresholds and calibrations are those that the run's validation part gives.",
  examples: [
    ["deno task evaluate --run data/runs/phantom-1 --data DIR", "all images of a folder in the NIH's layout"],
  ],
})
  .addOption(
    pathOption("--run <dir>", { description: "a run that has ended", exists: "folder" })
      .makeOptionMandatory(),
  )
  .addOption(
    pathOption("--data <dir>", { description: "a folder in the NIH's layout", exists: "folder" })
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
  { run: dir, data, name = basename(resolve(data)), skipMissing = false }: EvaluateFlags,
  signal: AbortSignal,
): Promise<void> {
  if (!/^[\w.-]+$/.test(name) || /^\.+$/.test(name)) {
    throw new InputError(`--name ${name}: may hold letters, digits, ".", "_" and "-" only`);
  }
  const { openImageCache } = await import("../dataset/image_cache.ts");
  const { loadRun } = await import("../runs/load_run.ts");
  const { scoringMemory } = await import("../model/memory.ts");
  const { checkMemory } = await import("../training/check_memory.ts");
  const { scoreImages, scorer } = await import("../training/score.ts");
  const { run, settings, findings, model } = await loadRun(dir);
  checkMemory(scoringMemory(model.network, settings), settings);
  const folder = await openDatasetFolder(data);
  const entries = entriesWithImage(await readMetadata(folder.metadataFile), folder, { skipMissing });
  const names = entries.map(({ image }) => image);
  using cache = await withProgress(
    "Decoding images",
    names.length,
    (onProgress) => openImageCache(folder, names, { size: settings.imageSize, onProgress, signal }),
  );
  await warnOfImages(run, { dir: folder.dir, cache, entries });
  const { batchSize, seed } = settings;
  const { predictions } = await withProgress(
    "Scoring",
    names.length,
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

async function withProgress<T>(
  title: string,
  total: number,
  work: (onProgress: (done: number) => void) => Promise<T>,
): Promise<T> {
  using progress = showProgress(title, { total, unit: "images" });
  return await work((done) => progress.update(done));
}

if (import.meta.main) await runTask(evaluate);
