import { graph, tf } from "../tensorflow/mod.ts";
import { InputError } from "../support/input_error.ts";
import { forward, type Model } from "../model/model.ts";

/** Settings of {@linkcode occlusion}, in pixels of the network's image. */
export interface OcclusionOptions {
  /** Height and width of what is covered. Default: a quarter of the image's. */
  patch?: number;
  /** The distance between places, which divides the image's size: a map has a cell for each. Default: a 16th. */
  stride?: number;
}

/** A function that finds how much logits fall, and its end. */
export interface Occlusion {
  /**
   * @param images [n, imageSize, imageSize, channels] in 0..1.
   * @param labels [n, k] int32.
   * @returns [n, k, height, width]: the fall of the label's logit, 0 where it rises.
   */
  (images: tf.Tensor4D, labels: tf.Tensor2D): Promise<tf.Tensor4D>;
  /** Frees the graph. */
  dispose(): void;
}

/**
 * Occlusion: how far a label's logit falls when a square around each place, cut at the image's borders, is
 * covered with the image's mean grey (Zeiler and Fergus, "Visualizing and Understanding Convolutional Networks",
 * 2014, section 4.2, who look at the score instead). It needs no gradient, but a run of the network for each place.
 *
 * @throws {InputError} Where the stride does not divide the image's size.
 */
export function occlusion(model: Model, options: OcclusionOptions = {}): Occlusion {
  const { imageSize: size } = model.network;
  const { patch = size / 4, stride = size / 16 } = options;
  const side = size / stride;
  if (!Number.isInteger(side) || stride <= 0) {
    throw new InputError(`occlusion stride ${stride}: has to divide the image size ${size}`);
  }
  // A row of places at once: the image and the masks [side, size, size, 1] to logits [side, outputs].
  const covered = graph((image: tf.Tensor, masks: tf.Tensor): tf.Tensor => {
    const grey = tf.mean(image, [1, 2], true);
    const images = tf.add(image, tf.mul(masks, tf.sub(grey, image)));
    return forward(model, images as tf.Tensor4D, { training: false }).logits;
  }, { name: "occlusion" });

  async function fallOf(image: tf.Tensor4D, labels: tf.Tensor1D): Promise<tf.Tensor3D> {
    const rows: tf.Tensor[] = [];
    for (let row = 0; row < side; row++) {
      const masks = rowOfMasks(row, { size, patch, stride });
      rows.push(await covered.run(image, masks));
      masks.dispose();
    }
    const fall = tf.tidy(() => {
      const whole = forward(model, image, { training: false }).logits;
      const falls = tf.relu(tf.sub(whole, tf.concat(rows))) as tf.Tensor2D;
      return tf.reshape(tf.gather(tf.transpose(falls), labels), [labels.size, side, side]) as tf.Tensor3D;
    });
    tf.dispose(rows);
    return fall;
  }

  async function falls(images: tf.Tensor4D, labels: tf.Tensor2D): Promise<tf.Tensor4D> {
    const maps: tf.Tensor3D[] = [];
    for (let i = 0; i < images.shape[0]; i++) {
      const image = tf.slice(images, [i], [1]);
      const own = tf.tidy(() => tf.reshape(tf.slice(labels, [i], [1]), [-1]) as tf.Tensor1D);
      maps.push(await fallOf(image, own));
      tf.dispose([image, own]);
    }
    const all = tf.stack(maps) as tf.Tensor4D;
    tf.dispose(maps);
    return all;
  }

  return Object.assign(falls, { dispose: () => covered.dispose() });
}

/** Masks [places, size, size, 1] of a row of places: 1 where the image is covered. */
function rowOfMasks(row: number, { size, patch, stride }: Required<OcclusionOptions> & { size: number }) {
  const isCovered = (pixel: number, place: number) => {
    const start = Math.floor((place + 0.5) * stride - patch / 2);
    return pixel >= start && pixel < start + patch;
  };
  const side = size / stride;
  const masks = new Float32Array(side * size * size);
  for (let column = 0; column < side; column++) {
    for (let y = 0; y < size; y++) {
      for (let x = 0; x < size; x++) {
        if (isCovered(y, row) && isCovered(x, column)) masks[(column * size + y) * size + x] = 1;
      }
    }
  }
  return tf.tensor4d(masks, [side, size, size, 1]);
}
