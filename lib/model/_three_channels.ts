import { tf } from "../tensorflow/mod.ts";

/** Grey images [n, height, width, 1] three times over, for networks made for colours; images of 3 channels as they are. */
export function threeChannels(images: tf.Tensor4D): tf.Tensor4D {
  return images.shape[3] === 3 ? images : tf.tile(images, [1, 1, 1, 3]);
}
