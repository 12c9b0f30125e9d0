import { tf } from "../tensorflow/mod.ts";
import { InputError } from "../input_error.ts";
import { forward, type Model } from "../model/model.ts";

/** A feature map of images, and how the labels' logits change with it. */
export interface FeatureGradients {
  /** [n, height x width, channels] */
  features: tf.Tensor3D;
  /** [n, k, height x width, channels]: the derivative of each label's logit by each value of the feature map. */
  gradients: tf.Tensor4D;
  height: number;
  width: number;
}

/** What is looked at. */
export interface FeatureGradientsOptions {
  /** [n, k] int32: the labels of each image, by their place among the network's outputs. */
  labels: tf.Tensor2D;
  /** The name of a tapped feature map. Default: the network's last. */
  layer?: string;
}

/**
 * The values of a feature map, and the gradients of logits with respect to them, in inference mode. Only what
 * follows the feature map is run for each label, and only in a traced graph is all before it run but once.
 *
 * @param images [n, imageSize, imageSize, channels] in 0..1.
 * @throws {InputError} Where the network has no feature map of that name.
 */
export function featureGradients(
  model: Model,
  images: tf.Tensor4D,
  { labels, layer = model.network.featureTap }: FeatureGradientsOptions,
): FeatureGradients {
  const taps = new Map<string, tf.Tensor4D>();
  forward(model, images, {
    training: false,
    onTap(name, x) {
      taps.set(name, x);
      return x;
    },
  });
  const features = taps.get(layer);
  if (!features) {
    throw new InputError(`${model.network.name} has no feature map "${layer}", only ${[...taps.keys()]}`);
  }
  const [n, height, width, channels] = features.shape;
  const k = labels.shape[1];
  const logitsOf = (x: tf.Tensor) =>
    forward(model, images, {
      training: false,
      onTap: (name, before) => name === layer ? x as tf.Tensor4D : before,
    }).logits;
  const copies = tf.reshape(tf.tile(tf.expandDims(features, 1), [1, k, 1, 1, 1]), [
    n * k,
    height,
    width,
    channels,
  ]);
  const chosen = tf.oneHot(tf.reshape(labels, [-1]) as tf.Tensor1D, model.network.outputs, 1, 0, "float32");
  const gradients = tf.grad(logitsOf)(copies, chosen);
  return {
    features: tf.reshape(features, [n, height * width, channels]),
    gradients: tf.reshape(gradients, [n, k, height * width, channels]),
    height,
    width,
  };
}
