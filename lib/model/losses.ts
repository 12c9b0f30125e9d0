import { UNKNOWN } from "../dataset/entry.ts";
import { tf } from "../tensorflow/mod.ts";
import { asymmetricLoss } from "./asymmetric_loss.ts";
import { focalLoss } from "./focal_loss.ts";
import type { LossName } from "./loss_names.ts";
import { type LossWeights, weightedCrossEntropy } from "./weighted_cross_entropy.ts";

/** A loss of logits [n, labels] against the truth [n, labels]. */
export type Loss = (truth: tf.Tensor2D, logits: tf.Tensor2D) => tf.Scalar;

/** A loss for each image and label: logits [n, labels] against the truth [n, labels], 0 to 1, give [n, labels]. */
export type ElementLoss = (truth: tf.Tensor2D, logits: tf.Tensor2D) => tf.Tensor2D;

/** What a loss is told of its labels. */
export interface LossOptions {
  /** The weights of the labels; only `weighted` looks at them. */
  weights: LossWeights;
  /**
   * Whether some of the truth is `UNKNOWN`. Such elements then weigh 0, and the mean is over the others (Keras' sample
   * weights with the reduction `mean_with_sample_weight`); 0 where all are unknown.
   */
  masked?: boolean;
  /**
   * Label smoothing in [0, 1): the truth y becomes y (1 - s) + s / 2 (Szegedy et al., 2016, for two classes; Keras'
   * `label_smoothing`), so that no label is taken for certain. Not for `focal`. Default: 0.
   */
  smoothing?: number;
}

/**
 * The loss of a name: the mean over images and labels.
 *
 * @throws {RangeError} Labels of the focal loss are to be smoothed, which asks for 0 and 1.
 */
export function lossNamed(name: LossName, { weights, masked = false, smoothing = 0 }: LossOptions): Loss {
  if (name === "focal" && smoothing !== 0) throw new RangeError("The focal loss asks for labels of 0 and 1");
  const loss = smoothed(elementLoss(name, weights), smoothing);
  if (masked) return meanOfKnown(loss);
  if (name === "plain" && smoothing === 0) {
    return (truth, logits) => tf.losses.sigmoidCrossEntropy(truth, logits);
  }
  return (truth, logits) => tf.mean(loss(truth, logits));
}

function smoothed(loss: ElementLoss, smoothing: number): ElementLoss {
  if (smoothing === 0) return loss;
  return (truth, logits) => loss(tf.add(tf.mul(truth, 1 - smoothing), smoothing / 2), logits);
}

function elementLoss(name: LossName, weights: LossWeights): ElementLoss {
  switch (name) {
    case "weighted":
      return (truth, logits) => weightedCrossEntropy(truth, logits, weights);
    case "plain":
      return (truth, logits) =>
        tf.losses.sigmoidCrossEntropy(truth, logits, undefined, 0, tf.Reduction.NONE) as tf.Tensor2D;
    case "focal":
      return focalLoss;
    case "asymmetric":
      return asymmetricLoss;
  }
}

function meanOfKnown(loss: ElementLoss): Loss {
  return (truth, logits) => {
    const known = tf.cast(tf.notEqual(truth, UNKNOWN), "float32");
    const losses = tf.mul(loss(tf.mul(truth, known), logits), known);
    return tf.div(tf.sum(losses), tf.maximum(tf.sum(known), 1));
  };
}
