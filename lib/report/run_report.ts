import { countLabels } from "../dataset/label_counts.ts";
import { findingTitle } from "../dataset/finding_title.ts";
import type { DataSet } from "../dataset/data_set.ts";
import type { Entry } from "../dataset/entry.ts";
import { splitInWords, type SplitKind } from "../dataset/make_split.ts";
import type { Metrics } from "../evaluation/metrics.ts";
import type { Predictions } from "../evaluation/predictions.ts";
import type { ImportedWeights } from "../training/imported_weights.ts";
import type { Selection } from "../training/select_epoch.ts";
import type { Settings } from "../training/settings.ts";
import { predictionsComparability, runComparability } from "./comparability.ts";
import type { ReportContent, RunResults } from "./content.ts";
import { leakageInWords, present, smallNumbersInWords, weightingInWords } from "./sentences.ts";
import { counted } from "../support/decimals.ts";

/** A finding that fewer validation images have is named: a threshold is chosen by the scores of those. */
const FEW_TO_CHOOSE_BY = 10;

/** What a report tells of a run. */
export function runReport(run: RunResults): ReportContent {
  const { name, settings, phantom, data, split, history, metrics, test } = run;
  return {
    title: `Run ${name}`,
    summary: `${settings.network} at ${settings.imageSize}x${settings.imageSize} on ` +
      `${phantom ? "phantom images (generated, not of people)" : `images of ${data.title}`}, ` +
      `split ${splitInWords(settings)}, ` +
      `${history.length} epochs.`,
    warnings: [
      ...(phantom
        ? ["Phantom images show that everything works; their AUCs say nothing about real radiographs."]
        : []),
      ...present(leakageInWords(split), weightingInWords(metrics)),
      ...(data.hasPatients ? [] : [
        "The data do not say which images are of one patient: such images may be in several sets, which inflates the " +
        "AUC, and intervals take each image for a patient of its own, so they are rather too narrow.",
      ]),
      ...unknownTruth(metrics),
      ...smallNumbers(metrics),
      ...smallValidation(split.validation, test.labels),
    ],
    metrics,
    predictions: test,
    hasPatients: data.hasPatients,
    run,
    ...(data.format === "nih"
      ? { comparability: runComparability({ settings, phantom, split, findings: test.labels }) }
      : {}),
  };
}

/** A run's network judged by images that it was not trained, chosen or tested with. */
export interface EvaluationResults {
  /** The evaluation's name. */
  name: string;
  /** The run's name. */
  run: string;
  settings: Settings;
  /** Whether the run was trained on phantom images. */
  phantom: boolean;
  /** Where its weights are from; null where they were trained here. */
  imported: ImportedWeights | null;
  selection: Selection;
  /** The networks whose mean this is, the run's own among them; none where it is the run's alone. */
  ensemble?: readonly EnsembleNetwork[];
  /** The data set that it is judged by. */
  data: Pick<DataSet, "title" | "hasPatients" | "notes">;
  metrics: Metrics;
  predictions: Predictions;
  /** What the reader should know, as sentences. */
  notes: readonly string[];
}

/** A network of an ensemble. */
export interface EnsembleNetwork
  extends Pick<EvaluationResults, "run" | "settings" | "imported" | "selection"> {
  /** Its mean AUC on the same images; null where no label has one. */
  meanAuc: number | null;
}

/** What a report tells of a network, or of an ensemble of them, on other images. */
export function evaluationReport(results: EvaluationResults): ReportContent {
  const { name, run, settings, phantom, imported, ensemble, data, metrics, predictions, notes } = results;
  const networkOf = ({ settings: { network, imageSize }, run }: Omit<EnsembleNetwork, "meanAuc">) =>
    `${network} at ${imageSize}x${imageSize} of run ${run}`;
  return {
    title: ensemble ? `Ensemble ${run} on ${name}` : `Run ${run} on ${name}`,
    summary:
      (ensemble
        ? `The mean probability of ${ensemble.length} networks (${ensemble.map(networkOf).join("; ")})`
        : networkOf({ ...results, settings })) +
      `, judged by ${counted(metrics.images)} images of ${data.title}. ` +
      (ensemble
        ? ""
        : imported
        ? `Its weights were trained by others: ${imported.source}.`
        : "Thresholds and calibration are those that the run's validation set gave."),
    warnings: [
      ...(phantom
        ? ["The network was trained on phantom images; what it says of real radiographs means nothing."]
        : []),
      ...notes,
      ...data.notes,
      ...smallNumbers(metrics),
    ],
    metrics,
    predictions,
    hasPatients: data.hasPatients,
  };
}

/** What is judged where there is no run. */
export interface JudgedPredictions {
  /** The predictions' name. */
  name: string;
  metrics: Metrics;
  predictions: Predictions;
  /** How the images were split from those that the model was trained on; null where that is not known. */
  split: SplitKind | null;
  /** What the reader should know of the predictions' file. */
  notes: readonly string[];
}

/** What a report tells of predictions alone, whatever model made them. */
export function predictionsReport(judged: JudgedPredictions): ReportContent {
  const { name, metrics, predictions, split, notes } = judged;
  return {
    title: name,
    summary:
      `Scores of ${counted(metrics.images)} images for ${metrics.labels.length} labels, judged by the ` +
      "metadata.",
    warnings: [...notes, ...smallNumbers(metrics)],
    metrics,
    predictions,
    hasPatients: true,
    comparability: predictionsComparability({
      images: predictions.images,
      split,
      findings: predictions.labels,
    }),
  };
}

/** What figures leave out because it is not known. */
function unknownTruth({ images, labels }: Metrics): string[] {
  const some = labels.filter(({ unknown }) => unknown > 0);
  if (some.length === 0) return [];
  const each = some.map(({ name, unknown }) => `${findingTitle(name)} ${counted(unknown)}`);
  return [
    `Unknown ground truth: of the ${counted(images)} test images it is not known of so many whether they ` +
    `have the finding (${each.join(", ")}). Figures leave them out.`,
  ];
}

function smallNumbers({ labels }: Metrics): string[] {
  const few = labels.filter(({ note }) => note !== null);
  if (few.length === 0) return [];
  const each = few.map(({ name, note }) => `${findingTitle(name)}: ${note}`).join("; ");
  return [smallNumbersInWords(few.length, labels.length, each)];
}

function smallValidation(validation: readonly Entry[], findings: readonly string[]): string[] {
  const few = countLabels(validation, findings).filter(({ positives }) => positives < FEW_TO_CHOOSE_BY);
  if (few.length === 0) return [];
  const each = few.map(({ label, positives }) => `${findingTitle(label)} ${positives}`).join(", ");
  return [
    `Small numbers: of the ${
      counted(validation.length)
    } validation images fewer than ${FEW_TO_CHOOSE_BY} have ` +
    `some findings (${each}), so their thresholds and calibrations rest on little.`,
  ];
}
