import { einsumInDouble, tf } from "../tensorflow/mod.ts";
import type { FeatureGradients } from "./feature_gradients.ts";

/**
 * Grad-CAM: channels weighted by the mean of their gradients, summed; what speaks against the label is 0
 * (Selvaraju et al., "Grad-CAM: Visual Explanations from Deep Networks via Gradient-based Localization", 2017,
 * equations 1 and 2).
 *
 * @returns [n, k, height x width], 0 or more.
 */
export function gradCam({ features, gradients }: FeatureGradients): tf.Tensor3D {
  const sums = einsumInDouble("nkqc,npc->nkp", gradients, features);
  return tf.relu(tf.div(sums, gradients.shape[2])) as tf.Tensor3D;
}
