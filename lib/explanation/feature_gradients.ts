import { tf } from "../tensorflow/mod.ts";
import { InputError } from "../support/input_error.ts";
import { forward, type Model } from "../model/model.ts";

/** A feature map of images, and how the labels' logits change with it. */
export interface FeatureGradients {
  /** [n, height x width, channels] */
  features: tf.Tensor3D;
  /** [n, k, height x width, channels]: the derivative of each label's logit by each value of the feature map. */
  gradients: tf.Tensor4D;
  /** The height of the feature maps in cells. */
  height: number;
  /** The width of the feature maps in cells. */
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
 * The values of a feature map, and the gradients of logits with respect to them, in inference mode. To be called in
 * a traced graph: there, what comes before the feature map runs once, and only what follows it once a label.
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
  const imageOfEach = repeat(images, k);
  const logitsOf = (x: tf.Tensor) =>
    forward(model, imageOfEach, {
      training: false,
      onTap: (name, before) => name === layer ? x as tf.Tensor4D : before,
    }).logits;
  // Not tf.oneHot, which wants two outputs at least.
  const outputs = tf.range(0, model.network.outputs, 1, "int32");
  const chosen = tf.cast(tf.equal(tf.reshape(labels, [-1, 1]), outputs), "float32");
  const gradients = tf.grad(logitsOf)(repeat(features, k), chosen);
  return {
    features: tf.reshape(features, [n, height * width, channels]),
    gradients: tf.reshape(gradients, [n, k, height * width, channels]),
    height,
    width,
  };
}

/** [n, ...] to [n x k, ...]: each k times, one after the other. */
function repeat(x: tf.Tensor4D, k: number): tf.Tensor4D {
  const [n, ...rest] = x.shape;
  return tf.reshape(tf.tile(tf.expandDims(x, 1), [1, k, 1, 1, 1]), [n * k, ...rest]);
}
