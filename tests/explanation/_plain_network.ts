import type { Network } from "../../lib/model/network.ts";
import { tf } from "../../lib/tensorflow/mod.ts";

/** Two convolutions and a dense layer for images of `imageSize`, as the oracles build it in Keras and in PyTorch. */
export function plainNetwork({ imageSize, outputs }: { imageSize: number; outputs: number }): Network {
  return {
    name: "plain",
    imageSize,
    channels: 1,
    outputs,
    featureTap: "late",
    head: "dense",
    forward(layers, images) {
      const early = layers.conv2d(images, { filters: 4, size: 3, strides: 2, bias: "added" });
      const x = tf.relu(layers.tap("early", early));
      const late = tf.relu(
        layers.batchNormalization(layers.conv2d(x, { filters: 6, size: 3, bias: "added" })),
      );
      const flat = tf.reshape(layers.tap("late", late), [late.shape[0], -1]) as tf.Tensor2D;
      return layers.dense(flat, { units: outputs });
    },
  };
}
