import { tf } from "../tensorflow/mod.ts";
import { forward, type Model } from "./model.ts";

/** What a network says of images, and what it says it by. */
export interface ScoresAndFeatures {
  /** [n, outputs] */
  logits: tf.Tensor2D;
  /** [n, channels] The mean of each channel of the last feature map. */
  features: tf.Tensor2D;
}

/**
 * Runs a model's network over images in inference mode and keeps its last features. To be called in a traced graph.
 *
 * @param images [n, imageSize, imageSize, channels] in 0..1.
 */
export function scoresAndFeatures(model: Model, images: tf.Tensor4D): ScoresAndFeatures {
  let features: tf.Tensor2D | undefined;
  const { logits } = forward(model, images, {
    training: false,
    onTap(name, x) {
      if (name === model.network.featureTap) features = tf.mean(x, [1, 2]);
      return x;
    },
  });
  return { logits, features: features! };
}
