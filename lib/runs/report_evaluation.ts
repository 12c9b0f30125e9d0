import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import type { DataSet } from "../dataset/data_set.ts";
import type { Entry } from "../dataset/entry.ts";
import { evaluate, type EvaluateOptions, type Metrics, metricsJson } from "../evaluation/metrics.ts";
import type { Predictions } from "../evaluation/predictions.ts";
import { predictionsCsvPieces, readPredictions } from "../evaluation/predictions_csv.ts";
import { evaluationCard } from "../report/model_card.ts";
import { reportHtml } from "../report/report.ts";
import { evaluationReport } from "../report/run_report.ts";
import type { OutputOptions } from "../support/outputs.ts";
import { checkSummedOutputs, type SummedFolder, writeSummed } from "../support/summed_folder.ts";
import type { RunFolder } from "../training/run_folder.ts";
import type { LoadedRun } from "./load_run.ts";
import { evaluateOptions } from "./report_run.ts";
import { readTrainingMetadata } from "./training_metadata.ts";

/** Images that a run's network has scored. */
export interface ScoredImages {
  /** The evaluation's name: that of its folder. */
  name: string;
  /** The data set that they are of. */
  data: Pick<DataSet, "title" | "hasPatients" | "notes">;
  /** The images' metadata, in the order of the predictions. */
  entries: readonly Entry[];
  /** Their scores and labels. */
  predictions: Predictions;
  /** What computed the scores, where that is not TensorFlow. Default: null. */
  engine?: string | null;
  /** What checks of the network on these images found; nothing by default. */
  checks?: Pick<EvaluateOptions, "localisation" | "faithfulness" | "shortcuts">;
}

/** An evaluation that is written. */
export interface ReportedEvaluation {
  /** The folder that it is written into. */
  dir: string;
  /** Its metrics. */
  metrics: Metrics;
  /** What could not be worked out, as sentences. */
  notes: string[];
}

/**
 * Judges a run's network by other images, with what the run knows: thresholds and calibration of its validation set, the
 * loss' weights and the metadata baseline of its training set. Writes predictions, metrics, report and model card into
 * `evaluation/NAME` of the run.
 */
export async function reportEvaluation(
  loaded: LoadedRun,
  { name, data, entries, predictions, engine = null, checks = {} }: ScoredImages,
  options: OutputOptions = {},
): Promise<ReportedEvaluation> {
  const { run, settings, findings, phantom, imported, selection } = loaded;
  const file = run.predictions("validation");
  const validation = existsSync(file) ? await readPredictions(file) : null;
  const training = await readTrainingMetadata(run, findings);
  const known = training === null || validation === null
    ? {
      entries,
      seed: settings.seed,
      ...(validation ? { validation } : {}),
      thresholds: imported?.thresholds ?? null,
    }
    : evaluateOptions({ settings, data: { findings, split: { training, test: entries } } }, { validation });
  const metrics = evaluate(predictions, { ...known, ...checks });
  const computed = engine === null
    ? []
    : [`The scores were computed by ${engine}: they are those of TensorFlow but for rounding.`];
  const notes = [
    ...computed,
    ...(imported
      ? [
        "The weights came without a validation set and without their training set, so there is no calibration and no metadata " +
        `baseline, and ${
          imported.thresholds === null
            ? "there are no thresholds"
            : "thresholds are those that came with them"
        }. Whether they were trained on these very images is not known.`,
      ]
      : [
        ...(validation === null
          ? [`The run has no ${file}: there are no thresholds and no calibration.`]
          : []),
        ...(training === null
          ? [
            `The run has no ${run.trainingMetadata}, as runs of older versions: there is no metadata baseline, and the loss' ` +
            "weights are not undone.",
          ]
          : []),
      ]),
  ];
  const folder = evaluationFolder(run, name);
  const results = {
    name,
    run: basename(run.dir),
    settings,
    phantom,
    imported,
    selection,
    data,
    metrics,
    predictions,
    notes,
  };
  await writeSummed(folder, {
    "predictions.csv": () => predictionsCsvPieces(predictions),
    "metrics.json": metricsJson(metrics),
    "model-card.md": evaluationCard(results),
    "report.html": await reportHtml(evaluationReport(results)),
  }, { ...options, remove: (file) => file === "ensemble.json" });
  return { dir: folder.dir, metrics, notes };
}

/**
 * Makes sure that an evaluation may be written, before images are scored.
 *
 * @throws {InputError} Where other files are in its place.
 */
export async function checkEvaluationOutputs(
  run: RunFolder,
  name: string,
  options: OutputOptions,
): Promise<void> {
  const files = ["predictions.csv", "metrics.json", "model-card.md", "report.html", "ensemble.json"];
  await checkSummedOutputs(evaluationFolder(run, name), files, options);
}

/** Where a run's evaluation lies. */
export function evaluationFolder(run: RunFolder, name: string): SummedFolder {
  return { dir: join(run.dir, "evaluation", name), kind: "evaluation" };
}
