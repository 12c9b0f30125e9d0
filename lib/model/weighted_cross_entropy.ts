import { tf } from "../tensorflow/mod.ts";

/** The weights of positives and negatives by label: tensors of shape [labels]. */
export interface LossWeights {
  /** [labels] What positives count. */
  positive: tf.Tensor1D;
  /** [labels] What negatives count. */
  negative: tf.Tensor1D;
}

/** Keeps the logarithm finite; the original's value. */
const EPSILON = 1e-7;

/**
 * The original's loss: binary cross-entropy in which positives and negatives of each label have weights of their
 * own: `-(positive y log(p + 1e-7) + negative (1 - y) log(1 - p + 1e-7))`, to be averaged over images and labels.
 *
 * @param truth [n, labels], 0 or 1
 * @param logits [n, labels], p is their sigmoid
 */
export function weightedCrossEntropy(
  truth: tf.Tensor2D,
  logits: tf.Tensor2D,
  weights: LossWeights,
): tf.Tensor2D {
  const p = tf.sigmoid(logits);
  const ofPositives = tf.mul(tf.mul(weights.positive, truth), tf.log(tf.add(p, EPSILON)));
  const ofNegatives = tf.mul(
    tf.mul(weights.negative, tf.sub(1, truth)),
    tf.log(tf.add(tf.sub(1, p), EPSILON)),
  );
  return tf.neg(tf.add(ofPositives, ofNegatives));
}
