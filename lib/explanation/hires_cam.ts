import { einsumInDouble, tf } from "../tensorflow/mod.ts";
import type { FeatureGradients } from "./feature_gradients.ts";

/**
 * HiResCAM: each value of the feature map times its own gradient, summed over channels; what speaks against the
 * label is 0 (Draelos and Carin, "Use HiResCAM instead of Grad-CAM for faithful explanations of convolutional neural
 * networks", 2020). Where one dense layer follows the feature map, that is each position's contribution to the logit; where
 * the feature map is averaged over all places first, it is Grad-CAM.
 *
 * @returns [n, k, height x width], 0 or more.
 */
export function hiresCam({ features, gradients }: FeatureGradients): tf.Tensor3D {
  return tf.relu(einsumInDouble("nkpc,npc->nkp", gradients, features)) as tf.Tensor3D;
}
