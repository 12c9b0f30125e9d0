import { countLabels } from "../dataset/label_counts.ts";
import type { DataSet } from "../dataset/data_set.ts";
import { type Entry, isNormal } from "../dataset/entry.ts";
import { isNihFinding } from "../dataset/nih_findings.ts";
import { splitInWords, type SplitKind } from "../dataset/make_split.ts";
import { sharedPatients } from "../dataset/shared_patients.ts";
import { PARTS, type Split } from "../dataset/split.ts";
import type { ReliabilityBin } from "../evaluation/calibration.ts";
import { ORIGINAL_NOTEBOOK, PUBLISHED_RESULTS } from "./literature.ts";
import type { Interval } from "../evaluation/interval.ts";
import type { Metrics } from "../evaluation/metrics.ts";
import type { OperatingRule } from "../evaluation/operating_points.ts";
import { precisionRecall } from "../evaluation/precision_recall.ts";
import { labelColumn, type Predictions } from "../evaluation/predictions.ts";
import { roc } from "../evaluation/roc.ts";
import type { HistoryRow } from "../training/history.ts";
import { lastingProvenance, type Provenance } from "../training/provenance.ts";
import type { Selection } from "../training/select_epoch.ts";
import type { Settings } from "../training/settings.ts";
import { threeDecimals } from "../plots/_theme.ts";
import type { CaptionedPicture } from "../plots/pictures/grid.ts";
import type { ReportContent, ReportedCalibration, ReportedOperatingPoint, ReportedTest } from "./report.ts";

/** The images that the original notebook kept of the NIH's: with fewer, a run is not set beside published ones. */
const ORIGINAL_IMAGES = 63_831;

/** The images of the NIH's list of test images. */
const OFFICIAL_TEST_IMAGES = 25_596;

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
  const isNih = data.format === "nih" && !phantom;
  const { testWithTraining } = sharedPatients(split);
  const images = PARTS.reduce((sum, part) => sum + split[part].length, 0);
  const sections = metricsSections(metrics, test, { original: isNih });
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
      ...(testWithTraining > 0
        ? [
          `${testWithTraining.toLocaleString("en")} of ${
            split.test.length.toLocaleString("en")
          } test images are of ` +
          "patients who are in training too, so the test is easier than new patients would be.",
        ]
        : []),
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
    ...(data.format === "nih"
      ? {
        literature: {
          results: PUBLISHED_RESULTS,
          split: phantom || images < ORIGINAL_IMAGES ? null : settings.split,
          reason: "It was not trained and tested on the NIH's whole dataset.",
        },
      }
      : {}),
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
  const { name, run, settings, phantom, data, metrics, predictions, notes } = results;
  const { network, imageSize } = settings;
  return {
    ...metricsSections(metrics, predictions, { original: false }),
    title: `Run ${run} on ${name}`,
    summary: `${network} at ${imageSize}x${imageSize} of run ${run}, judged by ` +
      `${
        metrics.images.toLocaleString("en")
      } images of ${data.title}. Thresholds and calibration are those that the run's ` +
      "validation set gave.",
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
  const isWhole = split !== "official" || metrics.images === OFFICIAL_TEST_IMAGES;
  return {
    ...metricsSections(metrics, predictions, { original: true }),
    title: name,
    summary:
      `Scores of ${
        metrics.images.toLocaleString("en")
      } images for ${metrics.labels.length} labels, judged by the ` +
      "metadata.",
    warnings: [...notes, ...smallNumbers(metrics)],
    literature: {
      results: PUBLISHED_RESULTS,
      split: isWhole ? split : null,
      reason: split === null
        ? "How its images were split from those that the model learnt from is not known (--split would say it)."
        : `The official test part has ${
          OFFICIAL_TEST_IMAGES.toLocaleString("en")
        } images, and these are others.`,
    },
  };
}

/** The sections that metrics and predictions give, with or without a run, beside the original's figures or not. */
function metricsSections(
  metrics: Metrics,
  predictions: Predictions,
  options: { original: boolean },
): Pick<ReportContent, "test" | "operatingPoints" | "calibration" | "subgroups"> {
  return {
    test: reportedTest(metrics, predictions, options),
    operatingPoints: reportedOperatingPoints(metrics),
    calibration: reportedCalibration(metrics),
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
          notes: controlNotes(metrics),
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
  options: { original: boolean },
): ReportedTest {
  const { summary, intervals } = metrics;
  return {
    images: metrics.images,
    patients: metrics.patients,
    labels: metrics.labels.map((label, i) => {
      const { truth, scores } = labelColumn(predictions, i);
      const original = options.original && isNihFinding(label.name)
        ? ORIGINAL_NOTEBOOK.auc[label.name]
        : undefined;
      return {
        label: label.name,
        positives: label.positives,
        negatives: label.negatives,
        auc: label.auc,
        interval: label.aucInterval,
        deLong: label.deLong?.interval ?? null,
        averagePrecision: label.averagePrecision,
        averagePrecisionInterval: label.averagePrecisionInterval,
        roc: roc(truth, scores),
        precisionRecall: precisionRecall(truth, scores),
        ...(label.note !== null ? { reason: label.note } : {}),
        ...(original !== undefined ? { original } : {}),
      };
    }),
    mean: { auc: summary.mean, interval: summary.meanInterval },
    median: summary.median,
    min: summary.min,
    max: summary.max,
    intervals: `bootstrap over patients, ${intervals.resamples.toLocaleString("en")} resamples, ` +
      `${100 * intervals.level} %`,
  };
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

function controlNotes({ controls, summary }: Metrics): string[] {
  if (!controls) return [];
  const auc = (value: number | null, interval: Interval | null) =>
    threeDecimals(value) +
    (interval ? ` (${threeDecimals(interval.low)} - ${threeDecimals(interval.high)})` : "");
  const { metadata, shuffled, shuffledWithinStrata } = controls;
  return [
    ...(metadata
      ? [
        `A classifier that sees only view, age and sex reaches a mean AUC of ${
          auc(metadata.meanAuc, metadata.meanAucInterval)
        }. The network's is ${threeDecimals(summary.mean)}: what it has beyond that, it has from the images.`,
      ]
      : []),
    `With the findings dealt out anew the network's mean AUC is ${
      auc(shuffled.meanAuc, shuffled.meanAucInterval)
    }: it has to be .5. Dealt out among images of the same view, sex and age it is ${
      auc(shuffledWithinStrata.meanAuc, shuffledWithinStrata.meanAucInterval)
    }: what exceeds .5 there is owed to knowing those. In brackets: where 95 % of the shuffles lie.`,
  ];
}

/** A rule for thresholds in words. */
export function describeRule(rule: OperatingRule): string {
  switch (rule.rule) {
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
