import { tf } from "../tensorflow/mod.ts";
import { asymmetricLoss } from "./asymmetric_loss.ts";
import { focalLoss } from "./focal_loss.ts";
import { type LossWeights, weightedCrossEntropy } from "./weighted_cross_entropy.ts";

/** The losses that can be chosen by name. */
export const LOSSES = ["weighted", "plain", "focal", "asymmetric"] as const;

/** One of {@linkcode LOSSES}. */
export type LossName = (typeof LOSSES)[number];

/** A loss of logits [n, labels] against the truth [n, labels]. */
export type Loss = (truth: tf.Tensor2D, logits: tf.Tensor2D) => tf.Scalar;

/** The loss of a name; only `weighted` looks at the weights of the labels. */
export function lossNamed(name: LossName, weights: LossWeights): Loss {
  switch (name) {
    case "weighted":
      return (truth, logits) => weightedCrossEntropy(truth, logits, weights);
    case "plain":
      return (truth, logits) => tf.losses.sigmoidCrossEntropy(truth, logits);
    case "focal":
      return focalLoss;
    case "asymmetric":
      return asymmetricLoss;
  }
}
