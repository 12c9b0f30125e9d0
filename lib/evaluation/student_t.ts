import { betaProbability, logGamma } from "./beta_distribution.ts";
import { normalQuantile } from "./normal_distribution.ts";

/**
 * The probability that a number of Student's t distribution is above `t`: half of a probability of
 * the beta distribution (Abramowitz and Stegun 26.5.27).
 *
 * @param degrees The degrees of freedom, 1 or more.
 */
export function studentTail(t: number, degrees: number): number {
  if (t < 0) return 1 - studentTail(-t, degrees);
  return betaProbability(degrees / (degrees + t * t), degrees / 2, 1 / 2) / 2;
}

/**
 * The number of Student's t distribution below which a probability lies, by Newton's method from that of the normal
 * distribution, whose tail is lighter.
 *
 * @throws {RangeError} When the probability is not between 0 and 1.
 */
export function studentQuantile(probability: number, degrees: number): number {
  if (probability < 0.5) return -studentQuantile(1 - probability, degrees);
  let t = normalQuantile(probability);
  for (let step = 0; step < 100; step++) {
    const next = t + (studentTail(t, degrees) - (1 - probability)) / density(t, degrees);
    if (Math.abs(next - t) <= 1e-13 * next) return next;
    t = next;
  }
  return t;
}

function density(t: number, degrees: number): number {
  return Math.exp(
    logGamma((degrees + 1) / 2) - logGamma(degrees / 2) - Math.log(degrees * Math.PI) / 2 -
      (degrees + 1) / 2 * Math.log1p(t * t / degrees),
  );
}
