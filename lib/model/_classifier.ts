import { tf } from "../tensorflow/mod.ts";
import type { Layers } from "./layers.ts";

/** What {@linkcode classify} is made with. */
export interface ClassifierOptions {
  /** How many findings are scored. */
  outputs: number;
  /** The fraction of features that is dropped in training. */
  dropout: number;
  /** The last layer's name. */
  name: string;
}

/** Scores findings by the mean of a feature map [n, height, width, c], as networks made for ImageNet do. */
export function classify(
  layers: Layers,
  features: tf.Tensor4D,
  { outputs, dropout, name }: ClassifierOptions,
): tf.Tensor2D {
  const means = tf.mean(features, [1, 2]) as tf.Tensor2D;
  return layers.dense(layers.dropout(means, dropout), { units: outputs, name });
}
