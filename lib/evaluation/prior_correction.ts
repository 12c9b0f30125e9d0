/** The weights of one label in a weighted binary cross-entropy. */
export interface CrossEntropyWeights {
  /** What an image with the finding weighs; above 0. */
  positive: number;
  /** What an image without it weighs; above 0. */
  negative: number;
}

/**
 * Turns the score of a network that was trained with a weighted cross-entropy into a probability.
 *
 * Where the true probability is p, the loss -w₊ p ln s - w₋ (1 - p) ln(1 - s) is least at
 * s = w₊ p / (w₊ p + w₋ (1 - p)): the odds are multiplied by w₊ / w₋. With the frequencies of negatives and positives
 * as weights, as in the original, a finding of prevalence 1 % seems 99 times likelier than it is, and a score of
 * .5 means "as likely as in any image". So the odds are divided again (Elkan, 2001; Saerens and others, 2002):
 * p = w₋ s / (w₋ s + w₊ (1 - s)). The order of the images stays, hence AUC and precision-recall too.
 *
 * @param score The network's output, from 0 to 1.
 */
export function undoWeights(score: number, { positive, negative }: CrossEntropyWeights): number {
  return negative * score / (negative * score + positive * (1 - score));
}
