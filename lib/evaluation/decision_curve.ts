import { clustersByTruth } from "./clusters.ts";
import { rankedScores } from "./score_order.ts";
import { type Interval, type IntervalOptions, LEVEL } from "./interval.ts";
import type { PatientIndex } from "./patient_index.ts";
import { studentQuantile } from "./student_t.ts";
import type { WeightedScores } from "./weighted_scores.ts";

/** The threshold probabilities of a decision curve: the odds at which a false alarm is worth a found finding. */
export const DECISION_THRESHOLDS = [
  ...[0.005, 0.0075, 0.01, 0.015, 0.02, 0.03, 0.04, 0.05, 0.06, 0.08, 0.1, 0.12, 0.15, 0.2],
  ...[0.25, 0.3, 0.35, 0.4, 0.5, 0.6, 0.7, 0.8],
] as const;

/** What acting on probabilities above a threshold is worth. */
export interface DecisionPoint {
  /** The threshold probability: whoever acts on it takes odds (threshold) false alarms for one finding found. */
  threshold: number;
  /** The fraction of the images with the finding that is acted on. */
  sensitivity: number;
  /** The fraction of the images without the finding that is not acted on. */
  specificity: number;
  /** Net benefit: findings found per image, less false alarms per image times the threshold's odds. */
  netBenefit: number;
  /** What acting on all images is worth. Acting on none is worth 0. */
  treatAll: number;
  /** By how much the net benefit is above the better of acting on all and on none. */
  gain: number;
  /** The interval of the gain; null with fewer than three patients with the finding, or without it. */
  gainInterval: Interval | null;
}

/** How a decision curve is made. */
export interface DecisionCurveOptions extends IntervalOptions {
  /** The images by patient, for the intervals. */
  patients: PatientIndex;
  /** The threshold probabilities, above 0 and below 1; {@linkcode DECISION_THRESHOLDS} by default. */
  thresholds?: readonly number[];
  /**
   * Where the finding is as frequent as this: the probabilities are then moved there by Bayes' rule, and sensitivity and
   * specificity taken to be the same at the same score. By default as it is in these images.
   */
  prevalence?: number;
  /** Whether there are intervals; they take most of the time. True by default. */
  intervals?: boolean;
}

/**
 * The decision curve of a label (Vickers and Elkin, "Decision Curve Analysis", Medical Decision Making 26, 2006). The
 * interval of the gain is Student's of a sum over patients, with the prevalence estimated where it is that of the images; its
 * lower end is that of the gain over either default, whichever is lower, as they may be nearly as good. Where hardly an image
 * is treated otherwise than by default, a sum over patients tells nothing of the next one, so the variance is that of one
 * patient more of either kind; tests/oracles/decision_coverage.ts says how often intervals hold.
 * Null where there are no positives or no negatives.
 *
 * @param label Scores that are probabilities.
 * @throws {RangeError} When a score, a threshold or the prevalence is no probability.
 */
export function decisionCurve(label: WeightedScores, options: DecisionCurveOptions): DecisionPoint[] | null {
  const { patients: index, thresholds = DECISION_THRESHOLDS, prevalence: asked, level = LEVEL } = options;
  const { intervals = true } = options;
  const { truth, scores, weights } = label;
  const total = (kind: number) => {
    let sum = 0;
    for (let image = 0; image < truth.length; image++) {
      if (truth[image] === kind) sum += weights ? weights[image]! : 1;
    }
    return sum;
  };
  const [negatives, positives] = [total(0), total(1)];
  if (negatives === 0 || positives === 0) return null;
  const own = positives / (positives + negatives);
  const prevalence = asked ?? own;
  if ([prevalence, ...thresholds].some((value) => !(value > 0 && value < 1))) {
    throw new RangeError(`Prevalence ${prevalence} and thresholds ${thresholds} are not all between 0 and 1`);
  }
  for (let image = 0; image < scores.length; image++) {
    if (!(scores[image]! >= 0 && scores[image]! <= 1)) {
      throw new RangeError(`The score ${scores[image]} is no probability`);
    }
  }
  const { positives: having, negatives: without } = clustersByTruth(label, index);
  const patients = Math.min(without.patients, having.patients);
  const correction = patients / Math.max(1, patients - 1);
  const quantile = studentQuantile((1 + level) / 2, Math.max(1, patients - 1));

  // From the highest threshold down, so that each image is added to its patient's sums once.
  const count = intervals ? index.count : 0;
  const sums: PatientSums = {
    positives: new Float64Array(count),
    negatives: new Float64Array(count),
    found: new Float64Array(count),
    alarms: new Float64Array(count),
  };
  if (intervals) {
    for (let image = 0; image < truth.length; image++) {
      (truth[image] === 1 ? sums.positives : sums.negatives)[index.ofImage[image]!]! += weights
        ? weights[image]!
        : 1;
    }
  }
  const { order, sorted } = rankedScores(scores);
  let [rank, allFound, allAlarms] = [0, 0, 0];
  const points = thresholds.map((threshold, i) => ({ threshold, i }))
    .sort((a, b) => b.threshold - a.threshold)
    .map(({ threshold, i }) => {
      const odds = oddsOf(threshold);
      const from = asked === undefined ? threshold : probabilityOf(odds * oddsOf(own) / oddsOf(prevalence));
      for (; rank < order.length && sorted[rank]! >= from; rank++) {
        const image = order[rank]!;
        const weight = weights ? weights[image]! : 1;
        const isFound = truth[image] === 1;
        if (isFound) allFound += weight;
        else allAlarms += weight;
        if (intervals) (isFound ? sums.found : sums.alarms)[index.ofImage[image]!]! += weight;
      }
      const [sensitivity, falseAlarms] = [allFound / positives, allAlarms / negatives];
      const [benefit, price] = [prevalence / positives, (1 - prevalence) * odds / negatives];
      const netBenefit = benefit * allFound - price * allAlarms;
      const treatAll = prevalence - (1 - prevalence) * odds;
      const onePatient = (prevalence / having.effective) ** 2 +
        ((1 - prevalence) * odds / without.effective) ** 2;
      // Acting on none, and on all: the fraction that is acted on by default, with its worth.
      const [none, all] = [[0, 0] as const, [1, treatAll] as const].map(([acted, worth]) => {
        const gain = netBenefit - worth;
        const squares = !intervals ? NaN : asked === undefined
          ? squaresOf(sums, {
            acted,
            odds,
            gain,
            images: positives + negatives,
            from: onePatient / correction,
          })
          : squaresElsewhere(sums, {
            benefit,
            price,
            sensitivity,
            falseAlarms,
            from: onePatient / correction,
          });
        return { gain, half: quantile * Math.sqrt(squares * correction) };
      }) as [Gain, Gain];
      const least = treatAll > 0 ? all : none;
      const point: DecisionPoint = {
        threshold,
        sensitivity,
        specificity: 1 - falseAlarms,
        netBenefit,
        treatAll,
        gain: least.gain,
        gainInterval: patients < 3 || !intervals ? null : {
          low: Math.min(none.gain - none.half, all.gain - all.half),
          high: least.gain + least.half,
        },
      };
      return { i, point };
    });
  return points.sort((a, b) => a.i - b.i).map(({ point }) => point);
}

/** By how much acting on probabilities is above a default, and half of its interval's width. */
interface Gain {
  gain: number;
  half: number;
}

/** The sums of weights of each patient's images: with the finding, without it, and those of them that are acted on. */
type PatientSums = Record<"positives" | "negatives" | "found" | "alarms", Float64Array>;

/** How far all patients move a gain at the images' own prevalence, squared. */
function squaresOf(
  { positives, negatives, found, alarms }: PatientSums,
  { acted, odds, gain, images, from }: Record<"acted" | "odds" | "gain" | "images" | "from", number>,
): number {
  let squares = from;
  for (let patient = 0; patient < found.length; patient++) {
    const have = positives[patient]!;
    const not = negatives[patient]!;
    const moved =
      (found[patient]! - acted * have - odds * (alarms[patient]! - acted * not) - gain * (have + not)) /
      images;
    squares += moved * moved;
  }
  return squares;
}

/** The same at another prevalence. */
function squaresElsewhere(
  { positives, negatives, found, alarms }: PatientSums,
  { benefit, price, sensitivity, falseAlarms, from }: Record<
    "benefit" | "price" | "sensitivity" | "falseAlarms" | "from",
    number
  >,
): number {
  let squares = from;
  for (let patient = 0; patient < found.length; patient++) {
    const moved = benefit * (found[patient]! - sensitivity * positives[patient]!) -
      price * (alarms[patient]! - falseAlarms * negatives[patient]!);
    squares += moved * moved;
  }
  return squares;
}

function oddsOf(probability: number): number {
  return probability / (1 - probability);
}

function probabilityOf(odds: number): number {
  return odds / (1 + odds);
}
