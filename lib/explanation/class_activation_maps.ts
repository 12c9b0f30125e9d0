import { graph, tf } from "../tensorflow/mod.ts";
import type { Model } from "../model/model.ts";
import { CLASS_ACTIVATIONS } from "./_class_activations.ts";
import { CLASS_ACTIVATION_METHODS } from "./class_activation_methods.ts";
import { featureGradients } from "./feature_gradients.ts";

/** Makes maps of all methods; its graph is recorded at the first call and serves all calls of the same shapes. */
export interface ClassActivationMaps {
  /**
   * @param images [n, imageSize, imageSize, channels] in 0..1.
   * @param labels [n, 1] int32: the label of each image, by its place among the network's outputs.
   * @returns [n, methods, height, width] in 0..1, in the order of {@linkcode CLASS_ACTIVATION_METHODS}, as `saliency` gives
   * one after the other.
   */
  (images: tf.Tensor4D, labels: tf.Tensor2D): Promise<tf.Tensor4D>;
  /** Frees the graph. */
  dispose(): void;
}

/** Explains a model's scores by all methods that weight its last feature map, with its present weights. */
export function classActivationMaps(model: Model): ClassActivationMaps {
  const maps = graph((images: tf.Tensor, labels: tf.Tensor): tf.Tensor => {
    const found = featureGradients(model, images as tf.Tensor4D, { labels: labels as tf.Tensor2D });
    const n = labels.shape[0]!;
    const each = CLASS_ACTIVATION_METHODS.map((method) =>
      tf.reshape(CLASS_ACTIVATIONS[method](found), [n, 1, found.height, found.width])
    );
    return tf.concat(each, 1);
  }, { name: "class_activations" });
  async function scaled(images: tf.Tensor4D, labels: tf.Tensor2D): Promise<tf.Tensor4D> {
    const found = await maps.run(images, labels);
    const values = tf.tidy(() => tf.divNoNan(found, tf.max(found, [2, 3], true)) as tf.Tensor4D);
    found.dispose();
    return values;
  }
  return Object.assign(scaled, { dispose: () => maps.dispose() });
}
