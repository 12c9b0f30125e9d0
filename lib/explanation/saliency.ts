import { graph, tf } from "../tensorflow/mod.ts";
import type { Model } from "../model/model.ts";
import { featureGradients } from "./feature_gradients.ts";
import { gradCam } from "./grad_cam.ts";

/** How saliency maps are made. */
export type SaliencyMethod = "grad-cam";

/** Settings of {@linkcode saliency}. */
export interface SaliencyOptions {
  /** Default: `grad-cam`. */
  method?: SaliencyMethod;
  /** The name of the tapped feature map that is looked at. Default: the network's last. */
  layer?: string;
}

/**
 * Makes saliency maps of images for labels.
 *
 * In: images [n, imageSize, imageSize, channels] in 0..1, as in training, and labels [n, k] int32, the places of
 * k labels for each image among the network's outputs. Out: [n, k, height, width] in 0..1, each map divided by its
 * maximum; a map in which nothing speaks for the label is 0 everywhere. The rows and columns span the whole image.
 */
export interface Saliency {
  (images: tf.Tensor4D, labels: tf.Tensor2D): Promise<tf.Tensor4D>;
  /** Frees the graphs. */
  dispose(): void;
}

/**
 * Makes the graph that explains a model's scores, with its present weights, in inference mode. Gradients are those
 * of the logit: a score's own are the same but for a factor, which the division by the maximum takes away.
 */
export function saliency(model: Model, { layer }: SaliencyOptions = {}): Saliency {
  const maps = graph((images: tf.Tensor, labels: tf.Tensor): tf.Tensor => {
    const found = featureGradients(model, images as tf.Tensor4D, {
      labels: labels as tf.Tensor2D,
      ...(layer === undefined ? {} : { layer }),
    });
    const [n, k] = labels.shape as [number, number];
    return tf.reshape(overMaximum(gradCam(found)), [n, k, found.height, found.width]);
  }, { name: "saliency" });
  return Object.assign(
    (images: tf.Tensor4D, labels: tf.Tensor2D) => maps.run(images, labels) as Promise<tf.Tensor4D>,
    { dispose: () => maps.dispose() },
  );
}

/** Divides maps [n, k, places] by their maximum; zeros stay zeros. */
function overMaximum(maps: tf.Tensor3D): tf.Tensor3D {
  return tf.divNoNan(maps, tf.max(maps, 2, true));
}
