import type { FindingScale } from "../evaluation/finding_scale.ts";
import { LOGIT_LIMIT } from "../evaluation/logit.ts";
import { gradCamWeights } from "../explanation/grad_cam_weights.ts";
import { forward, type Model } from "../model/model.ts";
import { tf } from "../tensorflow/mod.ts";
import { type RecordedProgram, recordOperations } from "../tensorflow/record_operations.ts";

/** The images that a program is recorded with; every other number runs too. */
const RECORDED_IMAGES = 2;

/** The outputs of an exported network; n images, K findings, a last feature map of h x w x c. */
export const OUTPUTS = {
  logits: "[n, K] what the network says",
  scores: "[n, K] its sigmoid, from 0 to 1",
  probabilities:
    "[n, K] calibrated on the validation set by Platt's scaling; NaN for findings that it does not calibrate",
  features: "the last feature map of each image",
  grad_cam: "Grad-CAM of each finding on that map, 0 or more, not divided by its maximum",
} as const;

/**
 * Records what a trained network does to grey images, in inference mode: from pixels [n, imageSize, imageSize, 1] in
 * 0..255 to what {@linkcode OUTPUTS} says. `probabilities` is left out without scales, `grad_cam` where it has no
 * closed form.
 *
 * @param scales How each finding's scores are calibrated, in the order of the network's outputs.
 */
export function inferenceProgram(
  model: Model,
  { scales }: { scales: readonly FindingScale[] | null },
): RecordedProgram {
  const { imageSize, channels, featureTap } = model.network;
  const pixels = tf.zeros([RECORDED_IMAGES, imageSize, imageSize, channels]);
  try {
    return recordOperations((pixels: tf.Tensor) => {
      let features: tf.Tensor4D | undefined;
      const { logits } = forward(model, tf.div(pixels, 255) as tf.Tensor4D, {
        training: false,
        onTap(name, x) {
          if (name === featureTap) features = x;
          return x;
        },
      });
      const weights = gradCamWeights(model);
      return {
        logits,
        scores: tf.sigmoid(logits),
        ...(scales ? { probabilities: calibrated(logits, scales) } : {}),
        features: features!,
        ...(weights ? { grad_cam: classActivation(features!, weights) } : {}),
      };
    }, [pixels]);
  } finally {
    pixels.dispose();
  }
}

/** Platt's scaling of the log odds, which are cut as they were where it was fitted. */
function calibrated(logits: tf.Tensor2D, scales: readonly FindingScale[]): tf.Tensor {
  const of = (term: "slope" | "intercept") => tf.tensor1d(scales.map(({ platt }) => platt?.[term] ?? NaN));
  const cut = tf.minimum(tf.maximum(logits, -LOGIT_LIMIT), LOGIT_LIMIT);
  return tf.sigmoid(tf.add(tf.mul(cut, of("slope")), of("intercept")));
}

/** [n, h, w, K] Grad-CAM by its closed form. */
function classActivation(features: tf.Tensor4D, weights: tf.Tensor2D): tf.Tensor {
  return tf.relu(
    tf.conv2d(features, tf.reshape(weights, [1, 1, ...weights.shape]) as tf.Tensor4D, 1, "same"),
  );
}
