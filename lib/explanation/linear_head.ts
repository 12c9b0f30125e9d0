import { tf } from "../tensorflow/mod.ts";
import { type CutParameters, cutParameters, forward, type Model } from "../model/model.ts";
import type { FeatureGradients } from "./feature_gradients.ts";

/** What a network says of images, with the values and gradients of its last feature map. */
export interface ScoresAndGradients extends FeatureGradients {
  /** [n, outputs] */
  logits: tf.Tensor2D;
}

/**
 * Runs a network once, and gives what `featureGradients` gives for all its outputs without taking a gradient: where only
 * means over squares and one dense layer follow the last feature map, the derivative of a logit is that layer's weight
 * over the number of places that share it, whatever the image (Zhou et al., "Learning Deep Features for Discriminative
 * Localization", 2016). That holds for every network of the registry, and a test sees to it.
 *
 * @param images [n, imageSize, imageSize, channels] in 0..1.
 * @param cut The model's parameters, where they are cut already.
 */
export function linearHeadGradients(
  model: Model,
  images: tf.Tensor4D,
  cut: CutParameters = cutParameters(model),
): ScoresAndGradients {
  const { featureTap, head, outputs } = model.network;
  let tapped: tf.Tensor4D | undefined;
  const { logits } = forward(model, images, {
    training: false,
    cut,
    onTap(name, x) {
      if (name === featureTap) tapped = x;
      return x;
    },
  });
  const [n, height, width, channels] = tapped!.shape;
  const weights = cut.weights.get(`${head}/kernel`)!;
  const inputs = weights.shape[0]!;
  const cells = Math.sqrt(inputs / channels);
  const [down, across] = [height / cells, width / cells];
  const perCell = tf.transpose(tf.reshape(weights, [cells ** 2, channels, outputs]), [2, 0, 1]);
  const shared = tf.reshape(tf.div(perCell, down * across), [outputs * cells ** 2, channels]);
  // Rows are gathered, since a tile of WebAssembly takes longer than the network.
  const rows = Int32Array.from({ length: n * outputs * height * width }, (_, i) => {
    const place = i % (height * width);
    const output = Math.floor(i / (height * width)) % outputs;
    const [row, column] = [Math.floor(Math.floor(place / width) / down), Math.floor(place % width / across)];
    return (output * cells + row) * cells + column;
  });
  return {
    logits,
    features: tf.reshape(tapped!, [n, height * width, channels]),
    gradients: tf.reshape(tf.gather(shared, rows), [n, outputs, height * width, channels]),
    height,
    width,
  };
}
