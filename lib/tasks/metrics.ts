import { existsSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { findDatasetFiles } from "../dataset/dataset_folder.ts";
import { SPLIT_KINDS, type SplitKind } from "../dataset/make_split.ts";
import { readMetadata } from "../dataset/metadata.ts";
import { readAnyPredictions } from "../evaluation/external_predictions.ts";
import { evaluate, writeMetrics } from "../evaluation/metrics.ts";
import { writePredictions } from "../evaluation/predictions.ts";
import { InputError } from "../support/input_error.ts";
import { writeReport } from "../report/report.ts";
import { predictionsReport } from "../report/run_report.ts";
import { choiceOption, defineTask, integerOption, pathOption, runTask } from "./_command.ts";
import { describeMetrics } from "./_describe_metrics.ts";
import { NIH_METADATA } from "../support/project.ts";

interface MetricsFlags {
  predictions: string;
  out: string;
  data?: string;
  validation?: string;
  split?: SplitKind;
  seed: number;
}

const metrics = defineTask("metrics", {
  description:
    "Judges any model's predictions: takes a CSV with a column of image names and a column of scores for each label " +
    "(Mass, Mass_score, prob_Mass ...), joins it with the metadata, and writes predictions.csv, metrics.json and " +
    "report.html.",
  examples: [
    ["deno task metrics --predictions scores.csv --out judged", "scores of NIH images, whatever made them"],
    [
      "deno task metrics --predictions test.csv --validation validation.csv --out judged",
      "the same with thresholds and calibration fitted on other images",
    ],
  ],
})
  .addOption(
    pathOption("--predictions <file>", { description: "the scores: a CSV file", exists: "file" })
      .makeOptionMandatory(),
  )
  .addOption(pathOption("--out <dir>", { description: "the folder to write to" }).makeOptionMandatory())
  .addOption(pathOption("--data <dir>", {
    description: "a folder in the NIH's layout whose metadata say what is true (default: the NIH's own)",
  }))
  .addOption(pathOption("--validation <file>", {
    description: "scores of other images, to choose thresholds and fit calibrations on",
    exists: "file",
  }))
  .addOption(
    choiceOption("--split <kind>", {
      description:
        "how these images were split from those that the model learnt from, to be set beside published results " +
        "of the same kind (default: beside none)",
      choices: SPLIT_KINDS,
    }),
  )
  .addOption(
    integerOption("--seed <n>", { description: "the seed of the bootstrap", minimum: 0, default: 0 }),
  )
  .action(async ({ predictions: file, out, data, validation, split, seed }: MetricsFlags) => {
    const metadata = data === undefined ? NIH_METADATA : (await findDatasetFiles(data)).metadataFile;
    if (!existsSync(metadata)) throw new InputError(`${metadata} is missing: deno task setup puts it there`);
    const all = await readMetadata(metadata);
    const predictions = await readAnyPredictions(file, all);
    const byName = new Map(all.map((entry) => [entry.image, entry]));
    const judged = evaluate(predictions, {
      entries: predictions.images.map((image) => byName.get(image)!),
      seed,
      ...(validation === undefined ? {} : { validation: await readAnyPredictions(validation, all) }),
    });
    await writePredictions(join(out, "predictions.csv"), predictions);
    await writeMetrics(join(out, "metrics.json"), judged);
    await writeReport(
      join(out, "report.html"),
      predictionsReport({
        name: basename(resolve(file)),
        metrics: judged,
        predictions,
        split: split ?? null,
      }),
    );
    console.log(describeMetrics(judged));
    console.log(`Written to ${out}`);
  });

if (import.meta.main) await runTask(metrics);
