import type { Entry } from "../dataset/entry.ts";
import { InputError } from "../support/input_error.ts";
import { quoteJson } from "../support/printable.ts";
import { readJson } from "../support/read_json.ts";
import { auc } from "./auc.ts";
import { averagePrecision } from "./average_precision.ts";
import { bootstrapAreas, meanOverLabels } from "./bootstrap_auc.ts";
import { areProbabilities, type Calibration } from "./calibration.ts";
import { choiceMetric } from "./selection_metric.ts";
import { type Confusion, confusion } from "./confusion.ts";
import { type ControlMetrics, scoreControls } from "./baselines.ts";
import { type DeLong, deLong } from "./delong.ts";
import { type Interval, type IntervalOptions, LEVEL, percentileInterval } from "./interval.ts";
import type { LocalisationMetrics } from "./localisation.ts";
import { chooseThreshold, OPERATING_RULES, type OperatingRule } from "./operating_points.ts";
import {
  indexPatients,
  type PatientIndex,
  type ResampleOptions,
  resamplePatients,
  RESAMPLES,
} from "./resample_patients.ts";
import type { Platt } from "./platt.ts";
import { type LabelColumn, labelColumn, type Predictions } from "./predictions.ts";
import type { CrossEntropyWeights } from "./prior_correction.ts";
import { type CalibrationMethod, recalibrate } from "./recalibration.ts";
import { resampledCalibration } from "./resampled_calibration.ts";
import { scoreSubgroups, type SubgroupMetrics } from "./subgroups.ts";
import { summarise, type Summary } from "./summary.ts";

/** The version of the layout of `metrics.json`; it grows when a field is renamed or means something else. */
export const METRICS_VERSION = 1;

/** A label with fewer positives or negatives than this gets a note: its AUC's standard error is some .05 or more. */
export const FEW = 30;

/**
 * What `metrics.json` holds. An undefined figure is null, never a number that stands for it. Where nothing else is said,
 * an interval is that of the bootstrap over patients.
 */
export interface Metrics {
  /** The version of this layout. */
  version: typeof METRICS_VERSION;
  /** The number of images. */
  images: number;
  /** The number of patients. */
  patients: number;
  /** How intervals were made. */
  intervals: {
    /** The probability with which each is to hold the true value. */
    level: number;
    /** The number of resamples of the patients. */
    resamples: number;
    /** The seed of the draws. */
    seed: number;
  };
  /** Each label's figures, in the order of the predictions. */
  labels: LabelMetrics[];
  /** The AUC over those labels of which it is defined. */
  summary: AucSummary;
  /** Average precision over those labels of which it is defined. */
  averagePrecision: Summary & {
    /** The interval of the mean. */
    meanInterval: Interval | null;
  };
  /** The metric that chooses epochs (`choiceMetric`), for these images; null where no label has an AUC. */
  choiceMetric: number | null;
  /** The temperature fitted on the validation part; null where there is none. */
  temperature: number | null;
  /** The figures of subgroups; null where no metadata were given. */
  subgroups: SubgroupMetrics[] | null;
  /** What is reached without looking at images; null where no metadata were given. */
  controls: ControlMetrics | null;
  /** How well saliency maps find the boxes; null where they were not scored. */
  localisation: LocalisationMetrics | null;
}

/** The AUC over labels. */
export interface AucSummary extends Summary {
  /**
   * The interval of the mean. A label that a resample leaves without positives is missing from that resample's
   * mean.
   */
  meanInterval: Interval | null;
}

/** The figures of one label. */
export interface LabelMetrics {
  /** The label. */
  name: string;
  /** The number of images with the finding. */
  positives: number;
  /** The number of images without it. */
  negatives: number;
  /** The number of images whose ground truth is unknown; no figure counts them. */
  unknown: number;
  /**
   * Why figures are undefined or unsure: `no positives`, `no negatives`, `only 12 positives`, `only 5 negatives`
   * (below 30); null where there are enough.
   */
  note: string | null;
  /** The area under the ROC; null without positives or negatives. */
  auc: number | null;
  /** Its interval. */
  aucInterval: Interval | null;
  /** The AUC's error by DeLong, who takes images as independent; null without positives or negatives. */
  deLong: DeLong | null;
  /** Average precision; null without positives. */
  averagePrecision: number | null;
  /** Its interval. */
  averagePrecisionInterval: Interval | null;
  /** The Brier score's interval; null where the scores are no probabilities. */
  brierInterval: Interval | null;
  /** The expected calibration error's interval (it is biased upwards, as the error itself is). */
  expectedCalibrationErrorInterval: Interval | null;
  /** The calibration of the scores as they are, and after each remedy; null where a remedy could not be fitted. */
  calibration: Record<CalibrationMethod, Calibration | null>;
  /** Platt's scaling as fitted on the validation part; null where it could not be. */
  platt: Platt | null;
  /** What thresholds that the validation part chose do here; empty without a validation part. */
  operatingPoints: OperatingPoint[];
}

/** A threshold chosen on the validation part and what it does to the images that are scored. */
export interface OperatingPoint {
  /** How it was chosen. */
  rule: OperatingRule;
  /** An image is called positive where its score is at least this; null where no score is, however high. */
  threshold: number | null;
  /** What it does; null where the validation part has no positives or no negatives to choose by. */
  confusion: Confusion | null;
}

/** What an evaluation may use beside the predictions. */
export interface EvaluateOptions extends ResampleOptions, IntervalOptions {
  /** The same network's predictions for the validation part, which choose thresholds and fit calibrations. */
  validation?: Predictions;
  /** The weights of each label in the loss that the network was trained with, to be undone. */
  lossWeights?: readonly CrossEntropyWeights[];
  /** The metadata of the predictions' images, in their order, for subgroups. */
  entries?: readonly Entry[];
  /** The metadata of the training part, for the classifier that sees no image; wants `entries`. */
  training?: readonly Entry[];
  /** The scores of saliency maps, to be stored beside. */
  localisation?: LocalisationMetrics;
}

/**
 * Scores predictions: everything that `metrics.json` holds. At the size of the NIH's test part (25,596 images, 14
 * labels, 2,000 resamples) it takes some ten seconds; for the AUC of an epoch there is `aucByLabel`.
 *
 * @throws {RangeError} When the validation part has other labels, the weights another number, the metadata other
 * images, or a score is NaN.
 */
export function evaluate(predictions: Predictions, options: EvaluateOptions = {}): Metrics {
  const { validation, lossWeights, entries, training, localisation } = options;
  const { resamples = RESAMPLES, seed = 0, level = LEVEL } = options;
  if (validation && String(validation.labels) !== String(predictions.labels)) {
    throw new RangeError(`The validation part's labels ${validation.labels} are not ${predictions.labels}`);
  }
  const draws = { resamples, seed, level };
  const patients = indexPatients(predictions.patients);
  const drawn = bootstrapAreas(predictions, patients, draws);
  const recalibrated = recalibrate(predictions, { validation, lossWeights, level });
  const labels = predictions.labels.map((name, label): LabelMetrics => {
    const column = labelColumn(predictions, label);
    const positives = column.truth.reduce((sum, value) => sum + value, 0);
    const negatives = column.truth.length - positives;
    const area = auc(column.truth, column.scores);
    const precision = averagePrecision(column.truth, column.scores);
    return {
      name,
      positives,
      negatives,
      unknown: predictions.images.length - column.images.length,
      note: noteOf(positives, negatives),
      auc: area,
      aucInterval: area === null ? null : percentileInterval(drawn[label]!.auc, draws),
      deLong: deLong(column.truth, column.scores, draws),
      averagePrecision: precision,
      averagePrecisionInterval: precision === null
        ? null
        : percentileInterval(drawn[label]!.averagePrecision, draws),
      ...calibrationIntervals(column, patients, draws),
      calibration: recalibrated.labels[label]!.calibration,
      platt: recalibrated.labels[label]!.platt,
      operatingPoints: validation ? operatingPoints(column, labelColumn(validation, label), draws) : [],
    };
  });
  const meanInterval = (metric: "auc" | "averagePrecision") => {
    const defined = drawn.filter((_, label) => labels[label]![metric] !== null);
    return percentileInterval(meanOverLabels(defined.map((areas) => areas[metric])), draws);
  };
  return {
    version: METRICS_VERSION,
    images: predictions.images.length,
    patients: patients.count,
    intervals: { level, resamples, seed },
    labels,
    summary: { ...summarise(labels.map(({ auc }) => auc)), meanInterval: meanInterval("auc") },
    averagePrecision: {
      ...summarise(labels.map(({ averagePrecision }) => averagePrecision)),
      meanInterval: meanInterval("averagePrecision"),
    },
    choiceMetric: choiceMetric(predictions),
    temperature: recalibrated.temperature,
    subgroups: entries ? scoreSubgroups(predictions, entries, draws) : null,
    controls: entries ? scoreControls(predictions, entries, { training, ...draws }) : null,
    localisation: localisation ?? null,
  };
}

/** The text of a `metrics.json`. */
export function metricsJson(metrics: Metrics): string {
  return JSON.stringify(metrics, null, 1) + "\n";
}

/**
 * Reads a `metrics.json`.
 *
 * @throws {InputError} When the file is missing, is no JSON, or has another version.
 */
export async function readMetrics(file: string): Promise<Metrics> {
  const metrics = await readJson(file);
  const version = (metrics as Partial<Metrics> | null)?.version;
  if (version !== METRICS_VERSION) {
    throw new InputError(`${file}: metrics of version ${quoteJson(version)} instead of ${METRICS_VERSION}`);
  }
  return metrics as Metrics;
}

function noteOf(positives: number, negatives: number): string | null {
  if (positives === 0) return "no positives";
  if (negatives === 0) return "no negatives";
  if (positives < FEW) return `only ${positives} positive${positives === 1 ? "" : "s"}`;
  if (negatives < FEW) return `only ${negatives} negative${negatives === 1 ? "" : "s"}`;
  return null;
}

function calibrationIntervals(
  column: LabelColumn,
  patients: PatientIndex,
  draws: ResampleOptions & IntervalOptions & { resamples: number },
): Pick<LabelMetrics, "brierInterval" | "expectedCalibrationErrorInterval"> {
  if (!areProbabilities(column.scores)) {
    return { brierInterval: null, expectedCalibrationErrorInterval: null };
  }
  const resampled = resampledCalibration(column, column.images.map((image) => patients.ofImage[image]!));
  const drawn = resamplePatients(patients.count, resampled, draws);
  return {
    brierInterval: percentileInterval(Float64Array.from(drawn, ({ brier }) => brier), draws),
    expectedCalibrationErrorInterval: percentileInterval(
      Float64Array.from(drawn, ({ expectedCalibrationError }) => expectedCalibrationError),
      draws,
    ),
  };
}

function operatingPoints(
  { truth, scores }: LabelColumn,
  validation: LabelColumn,
  options: IntervalOptions,
): OperatingPoint[] {
  return OPERATING_RULES.map((rule) => {
    const threshold = chooseThreshold(validation.truth, validation.scores, rule);
    return {
      rule,
      threshold: threshold === Infinity ? null : threshold,
      confusion: threshold === null ? null : confusion(truth, scores, { threshold, ...options }),
    };
  });
}
