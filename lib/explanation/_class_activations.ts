import type { tf } from "../tensorflow/mod.ts";
import type { ClassActivationMethod } from "./class_activation_methods.ts";
import type { FeatureGradients } from "./feature_gradients.ts";
import { gradCam } from "./grad_cam.ts";
import { gradCamPlusPlus } from "./grad_cam_plus_plus.ts";
import { hiresCam } from "./hires_cam.ts";

/** Makes maps [n, k, height x width], 0 or more, of a feature map and its gradients. */
export type ClassActivation = (found: FeatureGradients) => tf.Tensor3D;

/** The methods that weight a feature map by its gradients. */
export const CLASS_ACTIVATIONS: Readonly<Record<ClassActivationMethod, ClassActivation>> = {
  "grad-cam": gradCam,
  "grad-cam++": gradCamPlusPlus,
  "hirescam": hiresCam,
};
