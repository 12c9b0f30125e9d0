import type { Entry } from "../dataset/entry.ts";
import { auc } from "./auc.ts";
import { averagePrecision } from "./average_precision.ts";
import { areProbabilities, type Calibration } from "./calibration.ts";
import { selectionMetric } from "./selection_metric.ts";
import { type Confusion, confusion } from "./confusion.ts";
import { type BaselineMetrics, scoreBaselines } from "./baselines.ts";
import { intervalOf, meanOfEstimates } from "./estimate.ts";
import { estimateAuc } from "./estimate_auc.ts";
import { estimateAveragePrecision } from "./estimate_average_precision.ts";
import { estimateCalibration } from "./estimate_calibration.ts";
import { type Interval, type IntervalOptions, LEVEL } from "./interval.ts";
import type { LocalisationMetrics } from "./localisation.ts";
import { chooseThreshold, OPERATING_RULES, type OperatingRule } from "./operating_points.ts";
import { indexPatients, type PatientIndex, patientsOf } from "./patient_index.ts";
import type { Platt } from "./platt.ts";
import { type LabelColumn, labelColumn, type Predictions, withoutWeights } from "./predictions.ts";
import type { CrossEntropyWeights } from "./prior_correction.ts";
import { type CalibrationMethod, recalibrate } from "./recalibration.ts";
import { scoreSubgroups, type SubgroupMetrics } from "./subgroups.ts";
import { summarise, type Summary } from "./summary.ts";

/** The version of the layout of `metrics.json`; it grows when a field is renamed or means something else. */
export const METRICS_VERSION = 3;

/** A label with fewer positives or negatives than this gets a note: its AUC's standard error is some .05 or more. */
export const FEW = 30;

/** With fewer patients than this who have the finding, or who have not, figures have no interval. */
const FEWEST_PATIENTS = 3;

/**
 * What `metrics.json` holds. An undefined figure is null, never a number that stands for it. Intervals are of patients, of
 * whom each may have several images (`estimate.ts`), and null where nothing tells how far a figure strays. Where images
 * with no finding were dropped from what was scored (`weighting`), those that stayed count for the others in every figure.
 */
export interface Metrics extends Figures {
  /** The version of this layout. */
  version: typeof METRICS_VERSION;
  /** The number of images. */
  images: number;
  /** The number of patients. */
  patients: number;
  /** The probability with which each interval is to hold the true value. */
  intervals: { level: number };
  /** The seed of the shuffled labels. */
  seed: number;
  /** How many images stand for others too, and for how many each at most; null where each stands for itself. */
  weighting: { images: number; highest: number } | null;
  /** The same figures with each image standing for itself; null where that is what the others are. */
  unweighted: Figures | null;
  /** The figures of subgroups; null where no metadata were given. */
  subgroups: SubgroupMetrics[] | null;
  /** What is reached without looking at images; null where no metadata were given. */
  baselines: BaselineMetrics | null;
  /** How well saliency maps find the boxes; null where they were not scored. */
  localisation: LocalisationMetrics | null;
}

/** The figures of labels and over labels. */
export interface Figures {
  /** Each label's figures, in the order of the predictions. */
  labels: LabelMetrics[];
  /** The AUC over those labels of which it is defined. */
  summary: AucSummary;
  /** Average precision over those labels of which it is defined. */
  averagePrecision: Summary & {
    /** The interval of the mean. */
    meanInterval: Interval | null;
  };
  /** The metric that chooses epochs (`selectionMetric`), for these images; null where no label has an AUC. */
  selectionMetric: number | null;
  /** The temperature fitted on the validation set; null where there is none. */
  temperature: number | null;
}

/** The AUC over labels. */
export interface AucSummary extends Summary {
  /** The interval of the mean, with the labels' covariances; null where most of the labels have none. */
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
   * (below 30), `only 2 patients with or without it`; null where there are enough.
   */
  note: string | null;
  /** The area under the ROC; null without positives or negatives. */
  auc: number | null;
  /** Its interval. */
  aucInterval: Interval | null;
  /** Average precision; null without positives. */
  averagePrecision: number | null;
  /** Its interval. */
  averagePrecisionInterval: Interval | null;
  /** The Brier score's interval; null where the scores are no probabilities. */
  brierInterval: Interval | null;
  /** The expected calibration error's interval, which allows for the error being too high as a rule. */
  expectedCalibrationErrorInterval: Interval | null;
  /** The calibration of the scores as they are, and after each remedy; null where a remedy could not be fitted. */
  calibration: Record<CalibrationMethod, Calibration | null>;
  /** Platt's scaling as fitted on the validation set; null where it could not be. */
  platt: Platt | null;
  /** What thresholds that the validation set chose do here; empty without a validation set. */
  operatingPoints: OperatingPoint[];
}

/** A threshold chosen on the validation set, or given, and what it does to the images that are scored. */
export interface OperatingPoint {
  /** How it was chosen; `given` for one that came with the network. */
  rule: OperatingRule | { rule: "given" };
  /** An image is called positive where its score is at least this; null where no score is, however high. */
  threshold: number | null;
  /** What it does; null where the validation set has no positives or no negatives to choose by. */
  confusion: Confusion | null;
}

/** What an evaluation may use beside the predictions. */
export interface EvaluateOptions extends IntervalOptions {
  /** The seed of the shuffled labels; 0 by default. */
  seed?: number;
  /** The same network's predictions for the validation set, which choose thresholds and fit calibrations. */
  validation?: Predictions;
  /** Thresholds that came with the network, by label, null for those without one; in the place of a validation set. */
  thresholds?: readonly (number | null)[] | null;
  /** The weights of each label in the loss that the network was trained with, to be undone. */
  lossWeights?: readonly CrossEntropyWeights[];
  /** The fraction of the images without each label that undersampling kept for the training; all by default. */
  keptNegatives?: readonly number[];
  /** The metadata of the predictions' images, in their order, for subgroups. */
  entries?: readonly Entry[];
  /** The metadata of the training set, for the classifier that sees no image; wants `entries`. */
  training?: readonly Entry[];
  /** The scores of saliency maps, to be stored beside. */
  localisation?: LocalisationMetrics;
}

/**
 * Scores predictions: everything that `metrics.json` holds. For the AUC of an epoch alone there is `aucByLabel`.
 *
 * @throws {RangeError} When the validation set has other labels, the loss weights another number, the metadata other
 * images, or a score is NaN.
 */
export function evaluate(predictions: Predictions, options: EvaluateOptions = {}): Metrics {
  const { validation, thresholds = null, lossWeights, keptNegatives, entries, training, localisation } =
    options;
  const { seed = 0, level = LEVEL } = options;
  if (validation && String(validation.labels) !== String(predictions.labels)) {
    throw new RangeError(`The validation set's labels ${validation.labels} are not ${predictions.labels}`);
  }
  const patients = indexPatients(predictions.patients);
  const odds = lossWeights?.map(({ positive, negative }, label) => ({
    positive,
    negative: negative * (keptNegatives?.[label] ?? 1),
  }));
  const figures = { validation, thresholds, lossWeights: odds, level, patients };
  const { weights } = predictions;
  return {
    version: METRICS_VERSION,
    images: predictions.images.length,
    patients: patients.count,
    intervals: { level },
    seed,
    weighting: weights ? weightingOf(weights) : null,
    ...figuresOf(predictions, figures),
    unweighted: weights
      ? figuresOf(withoutWeights(predictions), {
        ...figures,
        lossWeights,
        validation: validation && withoutWeights(validation),
      })
      : null,
    subgroups: entries ? scoreSubgroups(predictions, entries, { level }) : null,
    baselines: entries ? scoreBaselines(predictions, entries, { training, seed, level }) : null,
    localisation: localisation ?? null,
  };
}

function weightingOf(weights: Float64Array): Metrics["weighting"] {
  return {
    images: weights.reduce((sum, weight) => sum + Number(weight !== 1), 0),
    highest: weights.reduce((most, weight) => Math.max(most, weight), 1),
  };
}

interface FiguresOptions extends Required<IntervalOptions> {
  validation: Predictions | undefined;
  thresholds: readonly (number | null)[] | null;
  lossWeights: readonly CrossEntropyWeights[] | undefined;
  patients: PatientIndex;
}

function figuresOf(
  predictions: Predictions,
  { validation, thresholds, lossWeights, level, patients }: FiguresOptions,
): Figures {
  const recalibrated = recalibrate(predictions, { validation, lossWeights, level, patients });
  const estimates = predictions.labels.map((_, label) => {
    const column = labelColumn(predictions, label);
    const own = patientsOf(patients, column.images);
    return { auc: estimateAuc(column, own), averagePrecision: estimateAveragePrecision(column, own) };
  });
  const labels = predictions.labels.map((name, label): LabelMetrics => {
    const column = labelColumn(predictions, label);
    const own = patientsOf(patients, column.images);
    const positives = column.truth.reduce((sum, value) => sum + value, 0);
    const negatives = column.truth.length - positives;
    const estimated = estimates[label]!;
    return {
      name,
      positives,
      negatives,
      unknown: predictions.images.length - column.images.length,
      note: noteOf(positives, negatives, estimated.auc?.patients ?? 0),
      auc: auc(column.truth, column.scores, column),
      aucInterval: estimated.auc && intervalOf(estimated.auc, { level }),
      averagePrecision: averagePrecision(column.truth, column.scores, column),
      averagePrecisionInterval: estimated.averagePrecision &&
        intervalOf(estimated.averagePrecision, { level }),
      ...calibrationIntervals(column, own, level),
      calibration: recalibrated.labels[label]!.calibration,
      platt: recalibrated.labels[label]!.platt,
      operatingPoints: validation
        ? operatingPoints(column, labelColumn(validation, label), { level, patients: own })
        : givenPoint(column, thresholds?.[label] ?? null, { level, patients: own }),
    };
  });
  const meanInterval = (metric: "auc" | "averagePrecision") => {
    const mean = meanOfEstimates(
      estimates.map((estimated) => estimated[metric]).filter((estimate) => estimate !== null),
    );
    return mean && intervalOf(mean, { level });
  };
  return {
    labels,
    summary: { ...summarise(labels.map(({ auc }) => auc)), meanInterval: meanInterval("auc") },
    averagePrecision: {
      ...summarise(labels.map(({ averagePrecision }) => averagePrecision)),
      meanInterval: meanInterval("averagePrecision"),
    },
    selectionMetric: selectionMetric(predictions),
    temperature: recalibrated.temperature,
  };
}

/** The text of a `metrics.json`. */
export function metricsJson(metrics: Metrics): string {
  return JSON.stringify(metrics, null, 1) + "\n";
}

function noteOf(positives: number, negatives: number, patients: number): string | null {
  const only = (count: number, kind: string) => `only ${count} ${kind}${count === 1 ? "" : "s"}`;
  if (positives === 0) return "no positives";
  if (negatives === 0) return "no negatives";
  if (positives < FEW) return only(positives, "positive");
  if (negatives < FEW) return only(negatives, "negative");
  if (patients < FEWEST_PATIENTS) return `${only(patients, "patient")} with or without it`;
  return null;
}

function calibrationIntervals(
  column: LabelColumn,
  patients: PatientIndex,
  level: number,
): Pick<LabelMetrics, "brierInterval" | "expectedCalibrationErrorInterval"> {
  const estimates = areProbabilities(column.scores) ? estimateCalibration(column, patients) : null;
  return {
    brierInterval: estimates && intervalOf(estimates.brier, { level }),
    expectedCalibrationErrorInterval: estimates && intervalOf(estimates.expectedCalibrationError, { level }),
  };
}

/** What a threshold that came with the network does; empty where there is none, or no image whose truth is known. */
function givenPoint(
  { truth, scores, weights }: LabelColumn,
  threshold: number | null,
  options: IntervalOptions & { patients: PatientIndex },
): OperatingPoint[] {
  if (threshold === null || truth.length === 0) return [];
  return [{
    rule: { rule: "given" },
    threshold,
    confusion: confusion(truth, scores, { threshold, weights, ...options }),
  }];
}

function operatingPoints(
  { truth, scores, weights }: LabelColumn,
  validation: LabelColumn,
  options: IntervalOptions & { patients: PatientIndex },
): OperatingPoint[] {
  return OPERATING_RULES.map((rule) => {
    const threshold = chooseThreshold(validation.truth, validation.scores, {
      ...rule,
      weights: validation.weights,
    });
    return {
      rule,
      threshold: threshold === Infinity ? null : threshold,
      confusion: threshold === null ? null : confusion(truth, scores, { threshold, weights, ...options }),
    };
  });
}
