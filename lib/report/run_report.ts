import { countLabels } from "../dataset/label_counts.ts";
import type { DataSet } from "../dataset/data_set.ts";
import { type Entry, isNormal } from "../dataset/entry.ts";
import { isNihFinding } from "../dataset/nih_findings.ts";
import { splitInWords, type SplitKind } from "../dataset/make_split.ts";
import { PARTS, type Split } from "../dataset/split.ts";
import type { ReliabilityBin } from "../evaluation/calibration.ts";
import { type Comparability, predictionsComparability, runComparability } from "./comparability.ts";
import { ORIGINAL_NOTEBOOK, PUBLISHED_RESULTS } from "./literature.ts";
import {
  calibrationInWords,
  intervalsInWords,
  leakageInWords,
  metadataControlInWords,
  present,
  promisedSensitivityInWords,
  shuffledInWords,
  subgroupsInWords,
  weightingInWords,
} from "./sentences.ts";
import type { Metrics, OperatingPoint } from "../evaluation/metrics.ts";
import { precisionRecall } from "../evaluation/precision_recall.ts";
import { type LabelColumn, labelColumn, type Predictions } from "../evaluation/predictions.ts";
import { roc } from "../evaluation/roc.ts";
import type { HistoryRow } from "../training/history.ts";
import type { ImportedWeights } from "../training/imported_weights.ts";
import { lastingProvenance, type Provenance } from "../training/provenance.ts";
import type { Selection } from "../training/select_epoch.ts";
import type { Settings } from "../training/settings.ts";
import type { CaptionedPicture } from "../plots/pictures/grid.ts";
import type { ReportContent, ReportedCalibration, ReportedOperatingPoint, ReportedTest } from "./report.ts";

/** A finding that fewer validation images have is named: a threshold is chosen by the scores of those. */
const FEW_TO_CHOOSE_BY = 10;

/** Everything of a run that its report shows. */
export interface RunResults {
  /** The run's name. */
  name: string;
  settings: Settings;
  /** Whether the images are phantoms. */
  phantom: boolean;
  /** The data set that it was trained and tested on. */
  data: Pick<DataSet, "format" | "title" | "findings" | "hasPatients" | "notes">;
  split: Split;
  history: readonly HistoryRow[];
  selection: Selection;
  metrics: Metrics;
  /** The test part's predictions. */
  test: Predictions;
  /** Heat maps over images, with captions. */
  pictures: readonly CaptionedPicture[];
  /** Where, when and with what the run was made. */
  provenance: Provenance;
}

/** What a report tells of a run. */
export function runReport(results: RunResults): ReportContent {
  const { name, settings, phantom, data, split, history, selection, metrics, test, pictures } = results;
  const { augmentation: _, ...plain } = settings;
  const comparability = runComparability({ settings, phantom, split, findings: test.labels });
  const sections = metricsSections(metrics, test, comparability);
  return {
    ...sections,
    test: { ...sections.test, ...(data.hasPatients ? {} : { patients: null }) },
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
    provenance: lastingProvenance(results.provenance),
    settings: Object.fromEntries(
      Object.entries(plain).map(([name, value]) => [name, Array.isArray(value) ? value.join(", ") : value]),
    ),
    data: {
      parts: PARTS.map((part) => ({
        name: part,
        images: split[part].length,
        patients: data.hasPatients ? new Set(split[part].map(({ patient }) => patient)).size : null,
        counts: countLabels(split[part], test.labels),
        normal: split[part].filter(isNormal).length,
      })),
      notes: data.notes,
    },
    training: {
      history,
      labels: test.labels,
      chosen: selection.epoch,
      choice: "Choice metric",
    },
    ...(data.format === "nih" ? { literature: { results: PUBLISHED_RESULTS, ...comparability } } : {}),
    ...(pictures.length > 0
      ? {
        gradCam: {
          method: "Grad-CAM",
          pictures,
          ...(metrics.localisation ? { localisation: metrics.localisation } : {}),
        },
      }
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
  /** The data set that it is judged by. */
  data: Pick<DataSet, "title" | "hasPatients" | "notes">;
  metrics: Metrics;
  predictions: Predictions;
  /** What the reader should know, as sentences. */
  notes: readonly string[];
}

/** What a report tells of a network on other images. */
export function evaluationReport(results: EvaluationResults): ReportContent {
  const { name, run, settings, phantom, imported, data, metrics, predictions, notes } = results;
  const { network, imageSize } = settings;
  return {
    ...metricsSections(metrics, predictions),
    title: `Run ${run} on ${name}`,
    summary: `${network} at ${imageSize}x${imageSize} of run ${run}, judged by ` +
      `${metrics.images.toLocaleString("en")} images of ${data.title}. ` +
      (imported
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
  };
}

/** What is judged where there is no run. */
export interface JudgedPredictions {
  /** The predictions' name. */
  name: string;
  metrics: Metrics;
  predictions: Predictions;
  /** How the images were split from those that the model learnt from; null where that is not known. */
  split: SplitKind | null;
  /** What the reader should know of the predictions' file. */
  notes: readonly string[];
}

/** What a report tells of predictions alone, whatever model made them. */
export function predictionsReport(judged: JudgedPredictions): ReportContent {
  const { name, metrics, predictions, split, notes } = judged;
  const comparability = predictionsComparability({
    images: predictions.images,
    split,
    findings: predictions.labels,
  });
  return {
    ...metricsSections(metrics, predictions, comparability),
    title: name,
    summary:
      `Scores of ${
        metrics.images.toLocaleString("en")
      } images for ${metrics.labels.length} labels, judged by the ` +
      "metadata.",
    warnings: [...notes, ...smallNumbers(metrics)],
    literature: { results: PUBLISHED_RESULTS, ...comparability },
  };
}

/** The sections that metrics and predictions give, with the original's figures where they are of its test set. */
function metricsSections(
  metrics: Metrics,
  predictions: Predictions,
  { testSet }: { testSet: Comparability["testSet"] } = { testSet: null },
): Pick<ReportContent, "test" | "operatingPoints" | "calibration" | "remarks" | "subgroups"> {
  return {
    test: reportedTest(metrics, predictions, testSet),
    operatingPoints: reportedOperatingPoints(metrics),
    calibration: reportedCalibration(metrics),
    remarks: {
      calibration: present(calibrationInWords(metrics)),
      operatingPoints: present(promisedSensitivityInWords(metrics)),
    },
    ...(metrics.subgroups
      ? {
        subgroups: {
          groups: metrics.subgroups.map(({ attribute, value, meanAuc, meanAucInterval, ...group }) => ({
            group: `${attribute}: ${value}`,
            images: group.images,
            auc: meanAuc,
            interval: meanAucInterval,
            difference: group.difference,
            differenceInterval: group.differenceInterval,
          })),
          notes: present(
            subgroupsInWords(metrics),
            metadataControlInWords(metrics),
            shuffledInWords(metrics),
          ),
        },
      }
      : {}),
  };
}

/** What figures leave out because it is not known. */
function unknownTruth({ images, labels }: Metrics): string[] {
  const some = labels.filter(({ unknown }) => unknown > 0);
  if (some.length === 0) return [];
  const each = some.map(({ name, unknown }) =>
    `${name.replaceAll("_", " ")} ${unknown.toLocaleString("en")}`
  );
  return [
    `Unknown ground truth: of the ${
      images.toLocaleString("en")
    } test images it is not known of so many whether they ` +
    `have the finding (${each.join(", ")}). Figures leave them out.`,
  ];
}

function smallNumbers({ labels }: Metrics): string[] {
  const few = labels.filter(({ note }) => note !== null);
  if (few.length === 0) return [];
  const each = few.map(({ name, note }) => `${name.replaceAll("_", " ")}: ${note}`).join("; ");
  return [
    `Small numbers: ${few.length} of ${labels.length} labels have too few images for a sure AUC (${each}).`,
  ];
}

function smallValidation(validation: readonly Entry[], findings: readonly string[]): string[] {
  const few = countLabels(validation, findings).filter(({ positives }) => positives < FEW_TO_CHOOSE_BY);
  if (few.length === 0) return [];
  const each = few.map(({ label, positives }) => `${label.replaceAll("_", " ")} ${positives}`).join(", ");
  return [
    `Small numbers: of the ${
      validation.length.toLocaleString("en")
    } validation images fewer than ${FEW_TO_CHOOSE_BY} have ` +
    `some findings (${each}), so their thresholds and calibrations rest on little.`,
  ];
}

/** What a report tells of predictions' metrics and curves. */
function reportedTest(
  metrics: Metrics,
  predictions: Predictions,
  testSet: Comparability["testSet"],
): ReportedTest {
  const { summary, unweighted } = metrics;
  return {
    images: metrics.images,
    patients: metrics.patients,
    labels: metrics.labels.map((label, i) => {
      const column = labelColumn(predictions, i);
      return {
        label: label.name,
        positives: label.positives,
        negatives: label.negatives,
        auc: label.auc,
        interval: label.aucInterval,
        ...(unweighted ? { unweighted: unweighted.labels[i]!.auc } : {}),
        averagePrecision: label.averagePrecision,
        averagePrecisionInterval: label.averagePrecisionInterval,
        roc: roc(column.truth, column.scores, column),
        precisionRecall: precisionRecall(column.truth, column.scores, column),
        prevalence: prevalenceOf(column),
        ...(label.note !== null ? { reason: label.note } : {}),
        ...(testSet === "original" && isNihFinding(label.name)
          ? { original: ORIGINAL_NOTEBOOK.auc[label.name] }
          : {}),
      };
    }),
    mean: {
      auc: summary.mean,
      interval: summary.meanInterval,
      ...(unweighted ? { unweighted: unweighted.summary.mean } : {}),
    },
    median: summary.median,
    min: summary.min,
    max: summary.max,
    notes: present(intervalsInWords(metrics), weightingInWords(metrics)),
  };
}

function prevalenceOf({ truth, weights }: LabelColumn): number {
  let [positive, all] = [0, 0];
  truth.forEach((value, image) => {
    const weight = weights?.[image] ?? 1;
    all += weight;
    positive += weight * value;
  });
  return positive / all;
}

/** Thresholds of each rule, which the validation part chose, with what they do to the test part. */
function reportedOperatingPoints({ labels }: Metrics): ReportedOperatingPoint[] {
  return labels.flatMap(({ name, operatingPoints }) =>
    operatingPoints.flatMap(({ rule, threshold, confusion }) =>
      confusion === null
        ? []
        : [{ label: name, rule: describeRule(rule), threshold: threshold ?? Infinity, confusion }]
    )
  );
}

/** The calibration of each label, that with most positives first, raw and after each remedy. */
function reportedCalibration({ labels }: Metrics): ReportedCalibration[] {
  const usable = labels.filter(({ calibration }) =>
    Object.values(calibration).some((curve) => curve !== null)
  );
  return usable.toSorted((a, b) => b.positives - a.positives).map((label) => ({
    label: label.name,
    curves: Object.entries(label.calibration).flatMap(([name, curve]) =>
      curve === null ? [] : [{
        name,
        bins: curve.reliability as ReliabilityBin[],
        expectedCalibrationError: curve.expectedCalibrationError,
        brier: curve.brier,
      }]
    ),
    expectedCalibrationErrorInterval: label.expectedCalibrationErrorInterval,
    brierInterval: label.brierInterval,
  }));
}

/** A rule for thresholds in words. */
export function describeRule(rule: OperatingPoint["rule"]): string {
  switch (rule.rule) {
    case "given":
      return "as it came with the weights";
    case "youden":
      return "Youden's index";
    case "f1":
      return "best F1";
    case "sensitivity":
      return `sensitivity of ${rule.sensitivity}`;
    case "cost":
      return `a missed finding costs ${rule.costRatio} false alarms`;
  }
}
