import { tf } from "../tensorflow/mod.ts";

/** The exponent that quiets easy examples. */
const FOCUS = 2;
/** The weight of positives; negatives have the rest of 1. */
const POSITIVES = 0.25;

/**
 * The focal loss (Lin et al., "Focal Loss for Dense Object Detection", 2017) with the paper's settings, to be
 * averaged over images and labels: `-a (1 - p)^2 log(p)` where p is the probability of what is true and a is .25 for positives, .75
 * for negatives.
 *
 * @param truth [n, labels], 0 or 1 and nothing between
 * @param logits [n, labels]
 */
export function focalLoss(truth: tf.Tensor2D, logits: tf.Tensor2D): tf.Tensor2D {
  const sign = tf.sub(tf.mul(2, truth), 1);
  const logProbability = tf.neg(tf.softplus(tf.neg(tf.mul(sign, logits))));
  const missed = tf.sub(1, tf.exp(logProbability));
  const share = tf.add(tf.mul(truth, POSITIVES), tf.mul(tf.sub(1, truth), 1 - POSITIVES));
  return tf.neg(tf.mul(tf.mul(share, tf.pow(missed, FOCUS)), logProbability));
}
