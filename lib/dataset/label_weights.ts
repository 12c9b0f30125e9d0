import { InputError } from "../support/input_error.ts";
import { countLabels } from "./label_counts.ts";
import type { Entry } from "./entry.ts";

/** The weights of the weighted cross-entropy, a number for each finding in the order of the data set. */
export interface LabelWeights {
  /** What an image with the finding weighs: the frequency of those without, from 0 to 1. */
  positive: number[];
  /** What an image without the finding weighs: the frequency of those with it, from 0 to 1. */
  negative: number[];
}

/**
 * Weighs positives by the frequency of negatives and the reverse, as the original notebook does, so that both
 * bear the same total weight in each finding's loss. The frequencies are to come from the training set; images whose
 * ground truth is unknown do not count. A finding that is unknown in all of them weighs 0.
 *
 * @throws {InputError} When there are no images.
 */
export function labelWeights(training: readonly Entry[], findings: readonly string[]): LabelWeights {
  if (training.length === 0) throw new InputError("Label weights need at least one training image");
  const counts = countLabels(training, findings);
  const frequency = (part: number, rest: number) => part === 0 ? 0 : part / (part + rest);
  return {
    positive: counts.map(({ positives, negatives }) => frequency(negatives, positives)),
    negative: counts.map(({ positives, negatives }) => frequency(positives, negatives)),
  };
}
