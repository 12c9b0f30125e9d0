import { fitLogisticRegression, sigmoid } from "./logistic_regression.ts";
import { logit } from "./logit.ts";
import type { Weighted } from "./weighted_scores.ts";

/**
 * What Platt's scaling starts from: a probability's log odds, or the score as it is where scores are logits, percent or
 * whatever else.
 */
export type PlattInput = "log odds" | "score";

/** Platt's scaling of a label: the log odds of a score, or the score itself, stretched and shifted. */
export interface Platt {
  /** What is scaled. */
  input: PlattInput;
  /** What the input is multiplied by. */
  slope: number;
  /** What is then added. */
  intercept: number;
}

/**
 * Fits Platt's scaling on the validation set: a logistic regression on the input, with targets drawn in by
 * (P + 1) / (P + 2) and 1 / (N + 2) so that few positives do not make it certain (Platt, 1999). Null where there
 * are no positives or no negatives, or all scores are equal.
 *
 * @param truth 1 where an image has the finding, else 0.
 * @param scores As many scores; from 0 to 1 where their log odds are taken.
 */
export function fitPlatt(
  truth: ArrayLike<number>,
  scores: ArrayLike<number>,
  { input = "log odds", weights }: { input?: PlattInput } & Weighted = {},
): Platt | null {
  let [positives, negatives] = [0, 0];
  for (let image = 0; image < truth.length; image++) {
    const weight = weights?.[image] ?? 1;
    if (truth[image] === 1) positives += weight;
    else negatives += weight;
  }
  if (positives === 0 || negatives === 0) return null;
  const high = (positives + 1) / (positives + 2);
  const low = 1 / (negatives + 2);
  const targets = Float64Array.from(truth, (value) => value === 1 ? high : low);
  const fit = fitLogisticRegression(
    Float64Array.from(scores, READ[input]),
    targets,
    weights ? { counts: weights } : {},
  );
  return fit && { input, slope: fit.weights[0]!, intercept: fit.intercept };
}

/** The probability that Platt's scaling makes of a score. */
export function applyPlatt({ input, slope, intercept }: Platt, score: number): number {
  return sigmoid(slope * READ[input](score) + intercept);
}

const READ: Readonly<Record<PlattInput, (score: number) => number>> = {
  "log odds": logit,
  score: (score) => score,
};
