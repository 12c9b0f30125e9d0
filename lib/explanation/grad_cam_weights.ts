import { tf } from "../tensorflow/mod.ts";
import { forward, type Model } from "../model/model.ts";

/**
 * What Grad-CAM multiplies the channels of the last feature map by, where that is the same for all images: the logits
 * are then a linear function of the feature map, as where pooling and one dense layer follow it. The map of a finding
 * is the rectified sum of the channels times these weights, with no gradient to be taken (Selvaraju et al., 2017,
 * section 3: Grad-CAM generalises class activation mapping).
 *
 * @returns [channels, outputs], or null where the gradients depend on the image.
 */
export function gradCamWeights(model: Model): tf.Tensor2D | null {
  const found = tf.tidy(() => {
    const { imageSize, channels, outputs } = model.network;
    const images = tf.zeros([1, imageSize, imageSize, channels]) as tf.Tensor4D;
    const headOf = (x: tf.Tensor) => logitsWith(model, images, () => x as tf.Tensor4D);
    let shape: number[] = [];
    logitsWith(model, images, (features) => {
      shape = features.shape.slice(1);
      return features;
    });
    const gradientsAt = (value: number) =>
      tf.grad(headOf)(tf.fill([outputs, ...shape], value), tf.eye(outputs));
    const [gradients, others] = [gradientsAt(0), gradientsAt(1)];
    const isLinear = tf.max(tf.abs(tf.sub(gradients, others))).dataSync()[0] === 0;
    return isLinear ? [tf.transpose(tf.mean(gradients, [1, 2])) as tf.Tensor2D] : [];
  });
  return found[0] ?? null;
}

/** The logits where something else takes the last feature map's place. */
function logitsWith(
  model: Model,
  images: tf.Tensor4D,
  replace: (features: tf.Tensor4D) => tf.Tensor4D,
): tf.Tensor2D {
  const onTap = (name: string, x: tf.Tensor4D) => name === model.network.featureTap ? replace(x) : x;
  return forward(model, images, { training: false, onTap }).logits;
}
