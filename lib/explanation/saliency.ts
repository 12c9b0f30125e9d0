import { graph, tf } from "../tensorflow/mod.ts";
import type { Model } from "../model/model.ts";
import { CLASS_ACTIVATIONS, type ClassActivation } from "./_class_activations.ts";
import { featureGradients } from "./feature_gradients.ts";
import { occlusion, type OcclusionOptions } from "./occlusion.ts";

/** How saliency maps are made. */
export const SALIENCY_METHODS = ["grad-cam", "grad-cam++", "hirescam", "occlusion"] as const;

/** One of {@linkcode SALIENCY_METHODS}. */
export type SaliencyMethod = typeof SALIENCY_METHODS[number];

/** Settings of {@linkcode saliency}. */
export interface SaliencyOptions {
  /** Default: `grad-cam`. */
  method?: SaliencyMethod;
  /** The name of the tapped feature map that is looked at. Default: the network's last. Not for `occlusion`. */
  layer?: string;
  /** For `occlusion` only: what is covered. */
  occlusion?: OcclusionOptions;
}

/** Makes saliency maps; its graphs are recorded at the first call and serve all calls of the same shapes. */
export interface Saliency {
  /**
   * @param images [n, imageSize, imageSize, channels] in 0..1, as in training.
   * @param labels [n, k] int32: k labels for each image, by their place among the network's outputs.
   * @returns [n, k, height, width] in 0..1. Each map spans the whole image and is divided by its maximum; where
   * nothing speaks for the label it is 0 everywhere.
   */
  (images: tf.Tensor4D, labels: tf.Tensor2D): Promise<tf.Tensor4D>;
  /** Frees the graphs. */
  dispose(): void;
}

/**
 * Explains a model's scores, with its present weights and in inference mode. Gradients are those of the logit: a
 * score's own differ by a factor, which the division by the maximum takes away.
 */
export function saliency(model: Model, options: SaliencyOptions = {}): Saliency {
  const { method = "grad-cam", layer = model.network.featureTap } = options;
  const raw = method === "occlusion"
    ? occlusion(model, options.occlusion)
    : activationGraph(model, { layer, activation: CLASS_ACTIVATIONS[method] });
  async function maps(images: tf.Tensor4D, labels: tf.Tensor2D): Promise<tf.Tensor4D> {
    const found = await raw(images, labels);
    const scaled = tf.tidy(() => tf.divNoNan(found, tf.max(found, [2, 3], true)) as tf.Tensor4D);
    found.dispose();
    return scaled;
  }
  return Object.assign(maps, { dispose: () => raw.dispose() });
}

function activationGraph(
  model: Model,
  { layer, activation }: { layer: string; activation: ClassActivation },
): Saliency {
  const maps = graph((images: tf.Tensor, labels: tf.Tensor): tf.Tensor => {
    const found = featureGradients(model, images as tf.Tensor4D, { labels: labels as tf.Tensor2D, layer });
    const [n, k] = labels.shape as [number, number];
    return tf.reshape(activation(found), [n, k, found.height, found.width]);
  }, { name: "saliency" });
  return Object.assign(
    (images: tf.Tensor4D, labels: tf.Tensor2D) => maps.run(images, labels) as Promise<tf.Tensor4D>,
    { dispose: () => maps.dispose() },
  );
}
