import { einsumInDouble, tf } from "../tensorflow/mod.ts";
import type { FeatureGradients } from "./feature_gradients.ts";

/**
 * Grad-CAM++: as Grad-CAM, but a channel's weight counts each place that speaks for the label, also where there
 * are many (Chattopadhay et al., "Grad-CAM++: Improved Visual Explanations for Deep Convolutional Networks", 2018,
 * equations 10 and 19, for the exponential of the logit). A place's share alpha = g² / (2 g² + g³ sum(A)) is
 * computed as 1 / (2 + g sum(A)), and the factor exp(logit), the same for the whole map, is left out.
 *
 * @returns [n, k, height x width], 0 or more.
 */
export function gradCamPlusPlus({ features, gradients }: FeatureGradients): tf.Tensor3D {
  const positive = tf.relu(gradients);
  const totals = tf.expandDims(tf.sum(features, 1, true), 1);
  const shares = tf.divNoNan(positive, tf.add(tf.mul(gradients, totals), 2));
  return tf.relu(einsumInDouble("nkqc,npc->nkp", shares, features)) as tf.Tensor3D;
}
