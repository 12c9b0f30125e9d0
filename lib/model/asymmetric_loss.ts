import { tf } from "../tensorflow/mod.ts";

/** The exponent that quiets easy positives. */
const POSITIVE_FOCUS = 1;
/** The exponent that quiets easy negatives. */
const NEGATIVE_FOCUS = 4;
/** Negatives with a lower probability do not count at all. */
const MARGIN = 0.05;
/** Keeps the logarithm finite. */
const EPSILON = 1e-8;

/**
 * The asymmetric loss (Ridnik et al., "Asymmetric Loss for Multi-Label Classification", 2021) with the paper's
 * settings, to be averaged over images and labels: `-(1 - p) log(p)` for positives and `-q^4 log(1 - q)` with
 * `q = max(p - .05, 0)` for negatives.
 *
 * @param truth [n, labels], 0 or 1
 * @param logits [n, labels], p is their sigmoid
 */
export function asymmetricLoss(truth: tf.Tensor2D, logits: tf.Tensor2D): tf.Tensor2D {
  const p = tf.sigmoid(logits);
  const shifted = tf.relu(tf.sub(p, MARGIN));
  const ofPositives = tf.mul(tf.pow(tf.sub(1, p), POSITIVE_FOCUS), tf.log(tf.maximum(p, EPSILON)));
  const ofNegatives = tf.mul(tf.pow(shifted, NEGATIVE_FOCUS), tf.log(tf.sub(1, shifted)));
  return tf.neg(tf.add(tf.mul(truth, ofPositives), tf.mul(tf.sub(1, truth), ofNegatives)));
}
