import { fitLogisticRegression, sigmoid } from "./logistic_regression.ts";
import { logit } from "./logit.ts";
import type { Weighted } from "./weighted_scores.ts";

/**
 * Fits one temperature for a whole network on the validation set: dividing all log odds by it makes the
 * cross-entropy least (Guo, Pleiss, Sun and Weinberger, 2017). Above 1 the network was too sure. Null where no
 * positive one does: there is a single class, or the scores do not follow the truth, or follow it without a fault.
 *
 * @param truth [n, L] 1 where an image has the finding, else 0.
 * @param scores [n, L] Scores from 0 to 1.
 */
export function fitTemperature(
  truth: ArrayLike<number>,
  scores: ArrayLike<number>,
  { weights }: Weighted = {},
): number | null {
  const fit = fitLogisticRegression(Float64Array.from(scores, logit), truth, {
    intercept: false,
    ...(weights ? { counts: weights } : {}),
  });
  const slope = fit?.weights[0] ?? 0;
  return slope > 0 ? 1 / slope : null;
}

/** The probability that a temperature makes of a score. */
export function applyTemperature(temperature: number, score: number): number {
  return sigmoid(logit(score) / temperature);
}
