import { type Interval, type IntervalOptions, LEVEL } from "./interval.ts";
import { studentQuantile, studentTail } from "./student_t.ts";

/** A figure from 0 to 1 with what is known of its error, of patients who may have several images each. */
export interface Estimate {
  /** The figure. */
  value: number;
  /** The figure drawn to one half, as if one more patient had it: where it is 0 or 1, its own variance would be 0. */
  drawn: number;
  /** [patients] By how much each patient moves the figure. */
  influence: Float64Array;
  /** The variance that the influence gives it, with its small-sample corrections. */
  variance: number;
  /** What its variance lacks to what is known of such figures beforehand: one for each figure that it is a mean of. */
  lacks: readonly { variance: number; patients: number }[];
  /** The number of patients that it rests on: those with the finding or those without it, whichever are fewer. */
  patients: number;
  /** By how much it may be too high as a rule, for which an interval's lower end allows; 0 by default. */
  optimism?: number;
  /** What it would be by chance, were it 0 in truth: where it may be no more than that, an interval begins at 0. */
  chance?: { mean: number; deviation: number };
}

/** What an `Estimate` of a single figure is made of. */
export interface EstimateParts extends Omit<Estimate, "lacks"> {
  /** The variance of such a figure as it is thought of beforehand. */
  prior: number;
}

/** How an interval or a test is made of an estimate. */
interface Rule {
  /** With fewer patients than this there is none: nothing tells how far the figure strays. */
  patients: number;
  /** What is known of a variance beforehand weighs as much as so many patients. */
  prior: number;
}

/** The rules that hold in tests/oracles/coverage.ts; those of a difference may trust the patients' own sooner. */
const RULES = {
  interval: { patients: 3, prior: 48 },
  difference: { patients: 3, prior: 8 },
} as const satisfies Record<string, Rule>;

/**
 * Makes an estimate of a figure whose variance is itself a guess from few patients, and with few often far too small: of
 * five positives that are all found, nothing varies. Where it is below the one that is known beforehand, intervals and
 * tests raise it towards that one, the more, the fewer patients there are.
 */
export function estimate({ prior, ...parts }: EstimateParts): Estimate {
  const { variance, patients } = parts;
  return { ...parts, lacks: [{ variance: Math.max(0, prior - variance), patients }] };
}

/**
 * The interval of an estimate: Wilson's score interval (1927) of as many trials as have the estimate's variance, with
 * the quantile of Student's t distribution. It stays within 0 and 1, and holds where the figure is 0 or 1 too. Null with
 * fewer than three patients.
 */
export function intervalOf(estimate: Estimate, { level = LEVEL }: IntervalOptions = {}): Interval | null {
  const { value, drawn, patients, optimism = 0, chance } = estimate;
  const variance = raisedVariance(estimate, RULES.interval);
  if (patients < RULES.interval.patients || !(variance > 0)) return null;
  const t = studentQuantile((1 + level) / 2, degreesOf(patients, RULES.interval));
  const trials = drawn * (1 - drawn) / variance;
  const isChance = chance !== undefined && value <= chance.mean + t * chance.deviation;
  return {
    low: isChance ? 0 : scoreInterval(Math.max(0, value - optimism), { trials, t }).low,
    high: scoreInterval(value, { trials, t }).high,
  };
}

/** Wilson's interval, of any number of trials. */
function scoreInterval(value: number, { trials, t }: { trials: number; t: number }): Interval {
  const scale = 1 + t * t / trials;
  const centre = (value + t * t / (2 * trials)) / scale;
  const half = t / scale * Math.sqrt(value * (1 - value) / trials + (t / (2 * trials)) ** 2);
  return {
    low: value === 0 ? 0 : Math.max(0, centre - half),
    high: value === 1 ? 1 : Math.min(1, centre + half),
  };
}

/**
 * The mean of several figures of the same patients, such as the AUCs of labels, with their covariances. It rests on as
 * many patients as the figure with the fewest, of those that have an interval; on none where most have none. Null where
 * there are no figures.
 */
export function meanOfEstimates(estimates: readonly Estimate[]): Estimate | null {
  const count = estimates.length;
  if (count === 0) return null;
  const mean = (of: (estimate: Estimate) => number) =>
    estimates.reduce((sum, estimate) => sum + of(estimate), 0) / count;
  const influence = new Float64Array(estimates[0]!.influence.length);
  for (const { influence: own } of estimates) {
    for (let patient = 0; patient < influence.length; patient++) influence[patient]! += own[patient]! / count;
  }
  const sure = estimates.filter(({ patients }) => patients >= RULES.interval.patients);
  return {
    value: mean(({ value }) => value),
    drawn: mean(({ drawn }) => drawn),
    influence,
    variance: sumOfSquares(influence) +
      mean(({ variance, influence }) => variance - sumOfSquares(influence)) / count,
    lacks: estimates.flatMap(({ lacks }) =>
      lacks.map(({ variance, patients }) => ({ variance: variance / count ** 2, patients }))
    ),
    patients: 2 * sure.length < count ? 0 : Math.min(...sure.map(({ patients }) => patients)),
    optimism: mean(({ optimism = 0 }) => optimism),
  };
}

/** How two figures differ. */
export interface EstimatedDifference {
  /** The first less the second. */
  difference: number;
  /** Its interval; null with fewer than three patients, or where both are the same of every patient. */
  interval: Interval | null;
  /** The two-sided p-value of no difference; null where there is no interval. */
  pValue: number | null;
}

/**
 * The difference of two figures, whose patients are numbered alike, with the covariance that common patients bring. What
 * is known beforehand of both variances is taken to be as correlated as their influences are.
 *
 * A p-value is never below 2^(1 - n) of n patients: not even the sign test, were all for the same side, could say more.
 */
export function differenceOf(
  first: Estimate,
  second: Estimate,
  { level = LEVEL }: IntervalOptions = {},
): EstimatedDifference {
  const difference = first.value - second.value;
  const influence = new Float64Array(first.influence.length);
  for (let patient = 0; patient < influence.length; patient++) {
    influence[patient] = first.influence[patient]! - second.influence[patient]!;
  }
  const [a, b] = [first, second].map((estimate) =>
    Math.max(0, raisedVariance(estimate, RULES.difference) - sumOfSquares(estimate.influence))
  ) as [number, number];
  const correlation = correlationOf(first.influence, second.influence);
  const variance = sumOfSquares(influence) + a + b - 2 * correlation * Math.sqrt(a * b);
  const patients = Math.min(first.patients, second.patients);
  if (patients < RULES.difference.patients || !(variance > 1e-30)) {
    return { difference, interval: null, pValue: null };
  }
  const degrees = degreesOf(patients, RULES.difference);
  const half = studentQuantile((1 + level) / 2, degrees) * Math.sqrt(variance);
  const pValue = 2 * studentTail(Math.abs(difference) / Math.sqrt(variance), degrees);
  return {
    difference,
    interval: { low: Math.max(-1, difference - half), high: Math.min(1, difference + half) },
    pValue: Math.min(1, Math.max(pValue, 2 ** (1 - patients))),
  };
}

function raisedVariance({ variance, lacks }: Estimate, rule: Rule): number {
  return lacks.reduce(
    (sum, lack) => sum + lack.variance * rule.prior / (rule.prior + Math.max(0, lack.patients - 1)),
    variance,
  );
}

function degreesOf(patients: number, { prior }: Rule): number {
  return patients - 1 + prior;
}

function correlationOf(a: Float64Array, b: Float64Array): number {
  let product = 0;
  for (let i = 0; i < a.length; i++) product += a[i]! * b[i]!;
  const size = Math.sqrt(sumOfSquares(a) * sumOfSquares(b));
  return size > 0 ? product / size : 0;
}

function sumOfSquares(values: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]! * values[i]!;
  return sum;
}
