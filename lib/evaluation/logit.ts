/** How near a probability may come to 0 and 1 before its log odds are taken; the epsilon of the original's loss. */
const EPSILON = 1e-7;

/** The highest of the log odds that come of it; the lowest is its negative. */
export const LOGIT_LIMIT: number = Math.log((1 - EPSILON) / EPSILON);

/** The log odds of a probability; those of 0 and 1 are cut at ± 16. */
export function logit(probability: number): number {
  const cut = Math.min(1 - EPSILON, Math.max(EPSILON, probability));
  return Math.log(cut / (1 - cut));
}
