import { basename, resolve } from "node:path";
import { SPLIT_KINDS, type SplitKind } from "../dataset/make_split.ts";
import { openDataSet } from "../dataset/open_data_set.ts";
import { areProbabilities } from "../evaluation/calibration.ts";
import { readAnyPredictions } from "../evaluation/external_predictions.ts";
import { evaluateInThreads } from "../evaluation/evaluate_in_threads.ts";
import { metricsJson } from "../evaluation/metrics.ts";
import { labelColumn, type Predictions } from "../evaluation/predictions.ts";
import { predictionsCsvPieces } from "../evaluation/predictions_csv.ts";
import { sharedImages } from "../evaluation/shared_images.ts";
import { checkSummedOutputs, writeSummed } from "../support/summed_folder.ts";
import { InputError } from "../support/input_error.ts";
import { printable, quote } from "../support/printable.ts";
import { reportHtml } from "../report/report.ts";
import { predictionsReport } from "../report/run_report.ts";
import { choiceOption, defineTask, overwriteOption, pathOption, runTask, seedOption } from "./_command.ts";
import { addDataOptions, type DataFlags, nihUnlessGiven, showNotes, sourceOf } from "./_data_options.ts";
import { describeColumns } from "./_describe_columns.ts";
import { describeMetrics } from "./_describe_metrics.ts";
import { counted } from "../support/decimals.ts";

interface MetricsFlags extends DataFlags {
  predictions: string;
  out: string;
  validation?: string;
  split?: SplitKind;
  seed: number;
  overwrite?: boolean;
  columns?: string;
  logits?: true;
}

/** What is written. */
const FILES = ["predictions.csv", "metrics.json", "report.html"];

const metrics = addDataOptions(
  defineTask("metrics", {
    description:
      "Judges any model's predictions: takes a CSV with a column of image names and a column of scores for each finding " +
      "(Mass, Mass_score, prob_Mass ..., also as CheXpert, MedMNIST, PadChest or VinDr-CXR spell it), joins it with the " +
      "metadata's ground truth, says which column became what, and writes predictions.csv, metrics.json and report.html.",
    examples: [
      ["deno task metrics --predictions scores.csv --out judged", "scores of NIH images, whatever made them"],
      [
        "deno task metrics --predictions test.csv --validation validation.csv --out judged",
        "the same with thresholds and calibration fitted on other images",
      ],
    ],
  }),
  { data: "the folder of a data set, whose tables have the ground truth (default: the NIH's own)" },
)
  .addOption(
    pathOption("--predictions <file>", { description: "the scores: a CSV file", exists: "file" })
      .makeOptionMandatory(),
  )
  .addOption(pathOption("--out <dir>", { description: "the folder to write to" }).makeOptionMandatory())
  .addOption(pathOption("--validation <file>", {
    description: "scores of other images, to choose thresholds and fit calibrations on",
    exists: "file",
  }))
  .option(
    "--columns <form>",
    "how the columns of scores are named, as in LABEL_prob or densenet_LABEL (default: told from all names)",
  )
  .option("--logits", "the scores are logits: take their sigmoid")
  .addOption(
    choiceOption("--split <kind>", {
      description:
        "how these images were split from those that the model was trained on, to be set beside published results " +
        "of the same kind (default: beside none)",
      choices: SPLIT_KINDS,
    }),
  )
  .addOption(
    seedOption({ description: "the seed of the shuffled labels", default: 0 }),
  )
  .addOption(overwriteOption())
  .action(async (flags: MetricsFlags) => {
    const { predictions: file, out, validation: other, split, seed, columns, logits, overwrite = false } =
      flags;
    const output = { dir: out, kind: "metrics" };
    await checkSummedOutputs(output, FILES, {
      inputs: [file, other].filter((path) => path !== undefined),
      overwrite,
    });
    const { entries: all, findings, notes: found } = await openDataSet(nihUnlessGiven(sourceOf(flags)));
    showNotes(found);
    const known = { entries: all, findings, columns, logits };
    const test = await readAnyPredictions(file, known);
    console.log(describeColumns(file, test));
    const { predictions, entries } = test;
    const notes = [...test.notes];
    let validation: Predictions | undefined;
    if (other !== undefined) {
      const read = await readAnyPredictions(other, known);
      console.log(describeColumns(other, read, { isValidation: true }));
      validation = read.predictions;
      const shared = checkValidation({ file, predictions }, { file: other, predictions: validation });
      if (shared !== null) {
        console.log(`Note: ${shared}`);
        notes.push(shared);
      }
    }
    const judged = await evaluateInThreads(predictions, {
      entries,
      seed,
      ...(validation ? { validation } : {}),
    });
    const report = predictionsReport({
      name: basename(resolve(file)),
      metrics: judged,
      predictions,
      split: split ?? null,
      notes,
    });
    await writeSummed(output, {
      "predictions.csv": () => predictionsCsvPieces(predictions),
      "metrics.json": metricsJson(judged),
      "report.html": await reportHtml(report),
    }, { overwrite });
    console.log(`\n${describeMetrics(judged)}`);
    console.log(`Written to ${printable(out)}`);
  });

interface PredictionsFile {
  file: string;
  predictions: Predictions;
}

/**
 * Checks that thresholds and calibrations can be fitted on the validation set. Returns what there is to say of patients
 * that are in both sets; null where none is.
 *
 * @throws {InputError} Where it has other findings than the test set, scores of another scale, or images of it.
 */
function checkValidation(test: PredictionsFile, validation: PredictionsFile): string | null {
  const lacking = (a: PredictionsFile, b: PredictionsFile) =>
    b.predictions.labels.filter((label) => !a.predictions.labels.includes(label));
  for (const [a, b] of [[test, validation], [validation, test]] as const) {
    const labels = lacking(a, b);
    if (labels.length === 0) continue;
    throw new InputError(`${a.file}: no scores of ${labels.join(", ")}, which ${b.file} has`);
  }
  const { images, patients, ofPatients } = sharedImages(test.predictions, validation.predictions);
  if (images.length > 0) {
    throw new InputError(
      `${validation.file}: ${counted(images.length)} of its images are in ${test.file} too, such as ` +
        `${
          quote(images[0]!)
        }: thresholds and calibrations have to come from other images than those that they are judged by`,
    );
  }
  for (const [label, name] of test.predictions.labels.entries()) {
    const [scores, others] = [test, validation].map(({ predictions }) =>
      labelColumn(predictions, label).scores
    );
    if (areProbabilities(scores!) === areProbabilities(others!)) continue;
    const [probabilities, beyond] = areProbabilities(scores!) ? [test, validation] : [validation, test];
    throw new InputError(
      `${beyond.file}: scores of ${name} are not between 0 and 1, and those of ${probabilities.file} are: thresholds and ` +
        "calibrations need one scale",
    );
  }
  if (patients === 0) return null;
  return `${counted(ofPatients)} of ${counted(test.predictions.images.length)} test images are of ` +
    `the ${counted(patients)} patients who are in the validation set too, which flatters thresholds and ` +
    "calibrations.";
}

if (import.meta.main) await runTask(metrics);
