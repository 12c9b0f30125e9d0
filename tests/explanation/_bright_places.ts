import type { ImageCache } from "../../lib/dataset/image_cache.ts";
import { NIH_FINDINGS, type NihFinding } from "../../lib/dataset/nih_findings.ts";
import { createModel, type Model } from "../../lib/model/model.ts";
import { elementCount } from "../../lib/weight_files/stored_tensor.ts";
import { tf } from "../../lib/tensorflow/mod.ts";
import { setFormulaWeights } from "../model/_formula.ts";

/** Pixels a side of the images. */
export const SIZE = 16;

/**
 * A network whose Grad-CAM is known: the mean brightness of each square of 4x4 pixels speaks for every label, or
 * against it where it is among `against`.
 */
export function brightnessModel(against: readonly NihFinding[] = []): Model {
  const model = createModel({
    name: "brightness",
    imageSize: SIZE,
    channels: 1,
    outputs: NIH_FINDINGS.length,
    featureTap: "squares",
    head: "dense",
    forward(layers, images) {
      const squares = layers.tap("squares", tf.avgPool(images, 4, 4, "valid"));
      const mean = tf.mean(layers.batchNormalization(squares), [1, 2]) as tf.Tensor2D;
      return layers.dense(mean, { units: NIH_FINDINGS.length });
    },
  }, { seed: 0 });
  setFormulaWeights(model, (name, shape) => {
    const isOne = /kernel|gamma|variance/.test(name);
    const data = new Float32Array(elementCount(shape)).fill(isOne ? 1 : 0);
    if (name === "dense/kernel") { for (const label of against) data[NIH_FINDINGS.indexOf(label)] = -1; }
    return { dtype: "F32", shape, data };
  });
  return model;
}

/** Black images, white in the square of 4x4 pixels at a row and column of 0 to 3, by name. */
export function brightImages(squares: Record<string, [row: number, column: number]>): ImageCache {
  const names = Object.keys(squares);
  return {
    size: SIZE,
    names,
    indexOf: (name) => names.includes(name) ? names.indexOf(name) : undefined,
    read(index, into) {
      const [row, column] = squares[names[index]!]!;
      into.fill(0, 0, SIZE ** 2);
      for (let y = 4 * row; y < 4 * row + 4; y++) {
        into.fill(255, y * SIZE + 4 * column, y * SIZE + 4 * column + 4);
      }
    },
    [Symbol.dispose]: () => {},
  };
}
