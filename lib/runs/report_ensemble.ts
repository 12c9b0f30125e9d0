import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { findingTitle } from "../dataset/finding_title.ts";
import type { Entry } from "../dataset/entry.ts";
import { type Ensemble, ensembleOf } from "../evaluation/ensemble.ts";
import { evaluate, metricsJson } from "../evaluation/metrics.ts";
import type { Predictions } from "../evaluation/predictions.ts";
import { predictionsCsvPieces, readPredictions } from "../evaluation/predictions_csv.ts";
import { evaluationCard } from "../report/model_card.ts";
import { reportHtml } from "../report/report.ts";
import { evaluationReport } from "../report/run_report.ts";
import { between, decimals, signedDecimals } from "../support/decimals.ts";
import { InputError } from "../support/input_error.ts";
import type { OutputOptions } from "../support/outputs.ts";
import { readText } from "../support/read_text.ts";
import { writeSummed } from "../support/summed_folder.ts";
import type { RunFolder } from "../training/run_folder.ts";
import type { LoadedRun } from "./load_run.ts";
import {
  checkEvaluationOutputs,
  evaluationFolder,
  type ReportedEvaluation,
  type ScoredImages,
} from "./report_evaluation.ts";
import { readTrainingMetadata } from "./training_metadata.ts";

/** A run of an ensemble and what it says of the images. */
export interface ScoredRun extends Omit<LoadedRun, "model" | "notes"> {
  /** Its scores of the images. */
  predictions: Predictions;
}

/** The images that the runs have scored. */
export interface EnsembleImages extends Omit<ScoredImages, "predictions" | "checks" | "entries"> {
  /** The images' metadata, in the order of the first run's predictions; null where they are not at hand. */
  entries: readonly Entry[] | null;
}

/** An ensemble's evaluation that is written. */
export interface ReportedEnsemble extends ReportedEvaluation {
  /** The ensemble beside the best of its runs. */
  ensemble: Ensemble;
}

/**
 * Judges the mean of several runs' probabilities beside the best of them. Thresholds and calibration are those of the mean on
 * the validation set where the runs have one split. Writes predictions, metrics, report, model card and
 * `ensemble.json` into `evaluation/NAME` of the first run.
 *
 * @throws {InputError} Where the runs have scored different images, or have no finding in common.
 */
export async function reportEnsemble(
  runs: readonly ScoredRun[],
  { name, data, entries }: EnsembleImages,
  options: OutputOptions = {},
): Promise<ReportedEnsemble> {
  const first = runs[0]!;
  const names = namesOf(runs.map(({ run }) => run));
  const ensemble = ensembleOf(runs.map(({ predictions }, i) => [names[i]!, predictions]));
  const { predictions, members } = ensemble;
  const known = await knownOfAll(runs, predictions.labels);
  const metrics = evaluate(predictions, {
    seed: first.settings.seed,
    ...(entries ? { entries } : {}),
    ...(known?.validation ? { validation: known.validation } : {}),
    ...(entries && known?.training ? { training: known.training } : {}),
  });
  const notes = [
    leadInWords(ensemble),
    ...(ensemble.leftOut.length === 0
      ? []
      : [`Left out, since not every run has them: ${ensemble.leftOut.map(findingTitle).join(", ")}.`]),
    ...ensemble.copies.map(({ name, of }) =>
      `${name} has the very scores of ${of}, as a copy of it has: the mean counts it once more and gains nothing by it.`
    ),
    known?.validation
      ? "Thresholds and calibration are those of the mean on the runs' validation set."
      : "The runs have not one validation set in common, so there are no thresholds and no calibration: runs of one " +
        "--split-file, or of one seed, have.",
  ];
  const results = {
    name,
    run: names.join(" + "),
    settings: first.settings,
    phantom: runs.some(({ phantom }) => phantom),
    imported: null,
    selection: first.selection,
    ensemble: runs.map(({ settings, imported, selection }, i) => (
      { run: names[i]!, settings, imported, selection, meanAuc: members[i]!.meanAuc }
    )),
    data,
    metrics,
    predictions,
    notes,
  };
  const { comparison, best } = ensemble;
  const folder = evaluationFolder(first.run, name);
  await writeSummed(folder, {
    "predictions.csv": () => predictionsCsvPieces(predictions),
    "metrics.json": metricsJson(metrics),
    "ensemble.json": JSON.stringify({ members, best, comparison }, null, 2) + "\n",
    "model-card.md": evaluationCard(results),
    "report.html": await reportHtml(evaluationReport(results)),
  }, options);
  return { dir: folder.dir, metrics, notes, ensemble };
}

/**
 * Makes sure that an ensemble may be written, before images are scored: unless asked to, it replaces none of other runs.
 *
 * @param runs The runs' folders.
 * @throws {InputError} Where other files, or another ensemble, are in its place.
 */
export async function checkEnsembleOutputs(
  runs: readonly RunFolder[],
  name: string,
  options: OutputOptions,
): Promise<void> {
  await checkEvaluationOutputs(runs[0]!, name, options);
  const { dir } = evaluationFolder(runs[0]!, name);
  const file = join(dir, "ensemble.json");
  if (options.overwrite || !existsSync(file)) return;
  // As it was written, by its checksum; what readJson reads counts as an input, which is not written over.
  const { members } = JSON.parse(await Deno.readTextFile(file)) as Pick<Ensemble, "members">;
  const before = members.map(({ name }) => name).join(" + ");
  if (before === namesOf(runs).join(" + ")) return;
  throw new InputError(`${dir}: is of ${before}: give this ensemble another --name, or --overwrite that one`);
}

/** What an ensemble is ahead of the best of its members by, as sentences. */
function leadInWords({ members, best, comparison: { mean } }: Ensemble): string {
  return `The ensemble's mean AUC is ${
    decimals(mean.first)
  }; the best of its ${members.length} runs, ${best}, has ${decimals(mean.second)}: a difference of ${
    signedDecimals(mean.difference)
  } (${
    mean.interval ? `95 % interval ${between(mean.interval)}` : "no interval: too few patients"
  }). Which run is ` +
    "best was told by these very images, which flatters that run.";
}

/** The runs' folders by the shortest ends of their paths that differ. */
function namesOf(runs: readonly RunFolder[]): string[] {
  const names = runs.map(({ dir }) => basename(dir));
  return new Set(names).size === names.length ? names : runs.map(({ dir }) => dir);
}

/** What all runs know: the mean on the validation set, and the training set; null where their splits differ. */
async function knownOfAll(runs: readonly ScoredRun[], labels: readonly string[]) {
  const files = runs.map(({ run }) => run.predictions("validation"));
  const splits = runs.map(({ run }) => run.split);
  if (![...files, ...splits].every((file) => existsSync(file))) return null;
  const [split, ...others] = await Promise.all(splits.map((file) => readText(file)));
  if (others.some((other) => other !== split)) return null;
  const scored = await Promise.all(files.map((file) => readPredictions(file)));
  const { predictions: validation } = ensembleOf(scored.map((predictions, i) => [files[i]!, predictions]));
  if (String(validation.labels) !== String(labels)) return null;
  return { validation, training: await readTrainingMetadata(runs[0]!.run, runs[0]!.findings) };
}
