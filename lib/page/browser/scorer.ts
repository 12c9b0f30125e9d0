import { gradCam } from "../../explanation/grad_cam.ts";
import { gradCamPlusPlus } from "../../explanation/grad_cam_plus_plus.ts";
import { linearHeadGradients } from "../../explanation/linear_head.ts";
import { createModel, type CutParameters, type Model, separateParameters } from "../../model/model.ts";
import { networkNamed } from "../../model/networks.ts";
import { tf } from "../../tensorflow/mod.ts";
import { floatsFrom, unpackHalves } from "../base64.ts";
import type { PageData } from "../page_data.ts";

/** How heat maps are made in a page. */
export const MAP_METHODS = { "grad-cam": gradCam, "grad-cam++": gradCamPlusPlus } as const;

/** One of {@linkcode MAP_METHODS}. */
export type MapMethod = keyof typeof MAP_METHODS;

/** What a network says of an image, and where it looks. */
export interface ImageScores {
  /** [outputs] */
  logits: Float32Array;
  /** [channels] The mean of each channel of the last feature map. */
  features: Float32Array;
  /** [outputs, side, side] by method: not divided by their maximum. */
  maps: Record<MapMethod, Float32Array>;
  /** Rows and columns of a map. */
  side: number;
}

/** A network on the backend of the moment. */
export interface Scorer {
  /** @param values [imageSize, imageSize], 0 (black) to 1 (white). */
  score(values: Float32Array): Promise<ImageScores>;
  /** How many tensors are in memory. */
  tensors(): number;
  dispose(): void;
}

/** Makes the page's network, on the backend of the moment. */
export function makeScorer({ network, scales, weights }: PageData): Scorer {
  const { name, ...options } = network;
  const model = createModel(networkNamed(name, { ...options, outputs: scales.length }), { seed: null });
  model.dispose();
  const parameters = separateParameters(model, {
    weights: weights.precision === "float16" ? unpackHalves(weights.trained) : floatsFrom(weights.trained),
    moving: floatsFrom(weights.moving),
  });
  return {
    score: (values) => score(model, values, parameters),
    tensors: () => tf.memory().numTensors,
    dispose: () => tf.dispose([...parameters.weights.values(), ...parameters.moving.values()]),
  };
}

async function score(model: Model, values: Float32Array, parameters: CutParameters): Promise<ImageScores> {
  const { imageSize } = model.network;
  const { side, ...tensors } = tf.tidy(() => {
    const images = tf.tensor4d(values, [1, imageSize, imageSize, 1]);
    const found = linearHeadGradients(model, images, parameters);
    return {
      logits: found.logits,
      features: tf.mean(found.features, 1),
      cam: gradCam(found),
      plus: gradCamPlusPlus(found),
      side: found.height,
    };
  });
  try {
    const [logits, features, cam, plus] = await Promise.all(
      [tensors.logits, tensors.features, tensors.cam, tensors.plus].map((tensor) =>
        tensor.data() as Promise<Float32Array>
      ),
    );
    return { logits: logits!, features: features!, maps: { "grad-cam": cam!, "grad-cam++": plus! }, side };
  } finally {
    tf.dispose(tensors);
  }
}
