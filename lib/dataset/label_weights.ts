import { InputError } from "../support/input_error.ts";
import { countLabels } from "./label_counts.ts";
import type { Entry } from "./metadata.ts";

/** The weights of the weighted cross-entropy, a number for each label in the order of `LABELS`. */
export interface LabelWeights {
  /** What an image with the label weighs: the frequency of those without, from 0 to 1. */
  positive: number[];
  /** What an image without the label weighs: the frequency of those with it, from 0 to 1. */
  negative: number[];
}

/**
 * Weighs positives by the frequency of negatives and the reverse, as the original notebook does, so that both
 * bear the same total weight in each label's loss. The frequencies are to come from the training part.
 *
 * @throws {InputError} When there are no images.
 */
export function labelWeights(training: readonly Entry[]): LabelWeights {
  if (training.length === 0) throw new InputError("Label weights need at least one training image");
  const counts = countLabels(training);
  return {
    positive: counts.map(({ negatives }) => negatives / training.length),
    negative: counts.map(({ positives }) => positives / training.length),
  };
}
