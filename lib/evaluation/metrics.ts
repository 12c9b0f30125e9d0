import type { Entry } from "../dataset/entry.ts";
import { type BaselineMetrics, scoreMetadata, shuffledBaselines, strataCodes } from "./baselines.ts";
import { comparePredictions, type Comparison } from "./compare.ts";
import { intervalOf, meanOfEstimates } from "./estimate.ts";
import { estimateAuc } from "./estimate_auc.ts";
import { estimateAveragePrecision } from "./estimate_average_precision.ts";
import { type LabelCalibration, labelCalibration } from "./evaluators/calibration.ts";
import { type LabelConformal, labelConformal } from "./evaluators/conformal.ts";
import { type LabelCounts, labelCounts } from "./evaluators/counts.ts";
import { type LabelDiscrimination, labelDiscrimination } from "./evaluators/discrimination.ts";
import { type LabelDecisions, labelDecisions } from "./evaluators/decisions.ts";
import type { LabelContext } from "./evaluators/label_context.ts";
import { type LabelOperatingPoints, labelOperatingPoints } from "./evaluators/operating_points.ts";
import type { Faithfulness } from "./faithfulness.ts";
import { type Interval, type IntervalOptions, LEVEL } from "./interval.ts";
import type { LocalisationMetrics } from "./localisation.ts";
import { indexPatients, type PatientIndex, patientsOf } from "./patient_index.ts";
import { applyPlatt } from "./platt.ts";
import { labelColumn, type Predictions, withoutWeights } from "./predictions.ts";
import type { CrossEntropyWeights } from "./prior_correction.ts";
import { recalibrateLabel, temperatureOf } from "./recalibration.ts";
import { selectionMetric } from "./selection_metric.ts";
import type { Shortcuts } from "./shortcuts.ts";
import {
  assertSameImages,
  type IntersectionMetrics,
  scoreSubgroups,
  type SubgroupMetrics,
} from "./subgroups.ts";
import { summarise, type Summary } from "./summary.ts";

/** The version of the layout of `metrics.json`; it grows when a field is renamed or means something else. */
export const METRICS_VERSION = 3;

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
  /** The rates of images that two attributes have in common; null where no metadata were given. */
  intersections: IntersectionMetrics[] | null;
  /** What is reached without looking at images; null where no metadata were given. */
  baselines: BaselineMetrics | null;
  /**
   * The mean AUC of the validation set, which chose the epoch, beside that of these images, over the labels that have one on
   * both: by how much choosing flattered it. Null without a validation set.
   */
  optimism: Comparison["mean"] | null;
  /** How well saliency maps find the boxes; null where they were not scored. */
  localisation: LocalisationMetrics | null;
  /** Whether saliency maps are faithful to the network; null where that was not checked. */
  faithfulness: Faithfulness | null;
  /** What is left of the AUC with regions of the images covered; null where that was not measured. */
  shortcuts: Shortcuts | null;
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

/** The figures of one label: those of each evaluator. */
export interface LabelMetrics
  extends
    LabelCounts,
    LabelDiscrimination,
    LabelCalibration,
    LabelOperatingPoints,
    LabelDecisions,
    LabelConformal {}

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
  localisation?: LocalisationMetrics | null;
  /** What checks of the saliency maps found, to be stored beside. */
  faithfulness?: Faithfulness | null;
  /** What covering regions of the images found, to be stored beside. */
  shortcuts?: Shortcuts | null;
}

/**
 * Scores predictions: everything that `metrics.json` holds. For the AUC of an epoch alone there is `aucByLabel`.
 *
 * @throws {RangeError} When the validation set has other labels, the loss weights another number, the metadata other
 * images, or a score is NaN.
 */
export function evaluate(predictions: Predictions, options: EvaluateOptions = {}): Metrics {
  const { given, tasks, finish } = planEvaluation(predictions, options);
  return finish(tasks.map((task) => runTask(given, task)));
}

/** An evaluation as tasks that do not need each other, which threads may share out. */
export interface PlannedEvaluation {
  /** What all tasks work with: arrays and plain values, no entries. */
  given: GivenFigures;
  /** The figures of each label, then the shuffled labels. */
  tasks: EvaluationTask[];
  /** Makes the metrics of what the tasks gave, in their order. */
  finish(results: readonly TaskResult[]): Metrics;
}

/** What the figures of labels are made of. */
export interface GivenFigures extends FiguresOptions {
  /** What is judged. */
  predictions: Predictions;
  /** What differs where each image stands for itself; null without weights. */
  unweighted: Pick<FiguresOptions, "lossWeights" | "validation" | "temperature"> | null;
  /** The seed of the shuffled labels. */
  seed: number;
  /** [n] The stratum of each image; null without metadata. */
  strata: Uint32Array | null;
}

/** One part of an evaluation: the figures of a label, or the AUC of shuffled labels. */
export type EvaluationTask = { kind: "label"; label: number; weighted: boolean } | { kind: "shuffled" };

/** What a task gives. */
export type TaskResult =
  | { kind: "label"; weighted: boolean; figures: LabelFigures }
  | { kind: "shuffled"; baselines: ReturnType<typeof shuffledBaselines> };

/** A label's figures, and those of which means are taken with what is known of their errors. */
export interface LabelFigures {
  /** Its figures. */
  metrics: LabelMetrics;
  /** Those of which means are taken. */
  estimates: LabelContext["estimates"];
}

/** Does one task of an evaluation. */
export function runTask(given: GivenFigures, task: EvaluationTask): TaskResult {
  const { predictions, level, seed, strata } = given;
  if (task.kind === "shuffled") {
    return { kind: "shuffled", baselines: shuffledBaselines(predictions, { level, seed, strata: strata! }) };
  }
  const { label, weighted } = task;
  const figures = weighted
    ? labelFigures(predictions, label, given)
    : labelFigures(withoutWeights(predictions), label, { ...given, ...given.unweighted });
  return { kind: "label", weighted, figures };
}

/**
 * Plans what {@linkcode evaluate} does.
 *
 * @throws {RangeError} As there.
 */
export function planEvaluation(predictions: Predictions, options: EvaluateOptions = {}): PlannedEvaluation {
  const { validation, thresholds = null, lossWeights, keptNegatives, entries, training } = options;
  const { localisation = null, faithfulness = null, shortcuts = null } = options;
  const { seed = 0, level = LEVEL } = options;
  const { labels, weights } = predictions;
  if (validation && String(validation.labels) !== String(labels)) {
    throw new RangeError(`The validation set's labels ${validation.labels} are not ${labels}`);
  }
  if (lossWeights && lossWeights.length !== labels.length) {
    throw new RangeError(`${lossWeights.length} loss weights do not fit ${labels.length} labels`);
  }
  if (entries) assertSameImages(predictions, entries);
  const patients = indexPatients(predictions.patients);
  const odds = lossWeights?.map(({ positive, negative }, label) => ({
    positive,
    negative: negative * (keptNegatives?.[label] ?? 1),
  }));
  const alone = validation && withoutWeights(validation);
  const given: GivenFigures = {
    predictions,
    validation,
    validationPatients: validation ? indexPatients(validation.patients) : null,
    thresholds,
    lossWeights: odds,
    temperature: temperatureOf(validation),
    level,
    patients,
    unweighted: weights ? { lossWeights, validation: alone, temperature: temperatureOf(alone) } : null,
    seed,
    strata: entries ? strataCodes(entries) : null,
  };
  const tasks: EvaluationTask[] = [true, ...(weights ? [false] : [])].flatMap((weighted) =>
    labels.map((_, label) => ({ kind: "label" as const, label, weighted }))
  );
  return {
    given,
    tasks: entries ? [...tasks, { kind: "shuffled" }] : tasks,
    finish(results) {
      const figuresOf = (weighted: boolean) =>
        results.flatMap((result) =>
          result.kind === "label" && result.weighted === weighted ? [result.figures] : []
        );
      const shuffled = results.find((result) => result.kind === "shuffled");
      const judged = figuresOverLabels(predictions, figuresOf(true), given);
      return {
        version: METRICS_VERSION,
        images: predictions.images.length,
        patients: patients.count,
        intervals: { level },
        seed,
        weighting: weights ? weightingOf(weights) : null,
        ...judged,
        unweighted: given.unweighted
          ? figuresOverLabels(withoutWeights(predictions), figuresOf(false), {
            ...given,
            ...given.unweighted,
          })
          : null,
        ...(entries
          ? scoreSubgroups(predictions, entries, { level, ...rulesOf(judged.labels) })
          : { subgroups: null, intersections: null }),
        baselines: entries
          ? {
            metadata: training ? scoreMetadata(predictions, entries, { level, training }) : null,
            ...shuffled!.baselines,
          }
          : null,
        optimism: validation
          ? comparePredictions(validation, predictions, { level, aligned: false }).mean
          : null,
        localisation,
        faithfulness,
        shortcuts,
      };
    },
  };
}

/** The first threshold of each label, Youden's or a given one, and what makes probabilities of its scores. */
function rulesOf(labels: readonly LabelMetrics[]) {
  return {
    thresholds: labels.map(({ operatingPoints: [point] }) =>
      point?.confusion ? point.threshold ?? Infinity : null
    ),
    probabilities: labels.map(({ platt, decisions }) =>
      decisions === null
        ? null
        : decisions.probabilities === "platt"
        ? (score: number) => applyPlatt(platt!, score)
        : (score: number) => score
    ),
  };
}

function weightingOf(weights: Float64Array): Metrics["weighting"] {
  return {
    images: weights.reduce((sum, weight) => sum + Number(weight !== 1), 0),
    highest: weights.reduce((most, weight) => Math.max(most, weight), 1),
  };
}

/** What the figures of a label are made with. */
export interface FiguresOptions extends Required<IntervalOptions> {
  /** The validation set's predictions. */
  validation: Predictions | undefined;
  /** The patients of the validation set's images; null without one. */
  validationPatients: PatientIndex | null;
  /** Thresholds that came with the network, by label. */
  thresholds: readonly (number | null)[] | null;
  /** The weights of each label in the loss, to be undone. */
  lossWeights: readonly CrossEntropyWeights[] | undefined;
  /** The temperature that the validation set gives; null without one. */
  temperature: number | null;
  /** The images by patient. */
  patients: PatientIndex;
}

function labelFigures(predictions: Predictions, label: number, options: FiguresOptions): LabelFigures {
  const { validation, validationPatients, thresholds, level, patients } = options;
  const column = labelColumn(predictions, label);
  const own = patientsOf(patients, column.images);
  const fitted = validation && labelColumn(validation, label);
  const context: LabelContext = {
    name: predictions.labels[label]!,
    column,
    images: predictions.images.length,
    patients: own,
    estimates: {
      auc: estimateAuc(column, own),
      averagePrecision: estimateAveragePrecision(column, own),
    },
    validation: fitted ? { column: fitted, patients: patientsOf(validationPatients!, fitted.images) } : null,
    threshold: thresholds?.[label] ?? null,
    recalibrated: recalibrateLabel(predictions, label, options),
    level,
  };
  return { metrics: labelMetrics(context), estimates: context.estimates };
}

function figuresOverLabels(
  predictions: Predictions,
  evaluated: readonly LabelFigures[],
  { level, temperature }: FiguresOptions,
): Figures {
  const labels = evaluated.map(({ metrics }) => metrics);
  const meanInterval = (metric: "auc" | "averagePrecision") => {
    const mean = meanOfEstimates(
      evaluated.map(({ estimates }) => estimates[metric]).filter((estimate) => estimate !== null),
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
    selectionMetric: selectionMetric(predictions, labels.map(({ auc }) => auc)),
    temperature,
  };
}

/** The figures of a label, evaluator by evaluator. */
function labelMetrics(context: LabelContext): LabelMetrics {
  return {
    ...labelCounts(context),
    ...labelDiscrimination(context),
    ...labelCalibration(context),
    ...labelOperatingPoints(context),
    ...labelDecisions(context),
    ...labelConformal(context),
  };
}

/** The text of a `metrics.json`. */
export function metricsJson(metrics: Metrics): string {
  return JSON.stringify(metrics, null, 1) + "\n";
}
