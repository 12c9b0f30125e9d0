/**
 * What Keras' ResNet v2 computes, and this project's network to compare with it.
 *
 * @module
 */
import { deepEqual, equal, ok } from "node:assert/strict";
import { join } from "node:path";
import { createModel, type Model } from "../../lib/model/model.ts";
import { lossNamed } from "../../lib/model/losses.ts";
import { resnetV2 } from "../../lib/model/resnet_v2.ts";
import { tf } from "../../lib/tensorflow/mod.ts";
import type { StoredTensor } from "../../lib/weight_files/stored_tensor.ts";
import { formulaImages, formulaLabels, formulaWeight, setFormulaWeights, wave } from "./_formula.ts";

/** A weight's norm, its sum weighted by a formula, and every so many of its values. */
type Summary = number[];

export interface Case {
  depth: number;
  imageSize: number;
  filters: number;
  images: number;
  parameters: number;
  inference: number[][];
  training: number[][];
  loss: number;
  decay: number;
  gradients: Record<string, Summary>;
  /** Gradients with batch normalisation kept to its moving averages. */
  frozen: Record<string, Summary>;
  moving: Record<string, Summary>;
}

/** Made by tests/oracles/resnet_v2.py. */
export const KERAS: {
  positive: number[];
  negative: number[];
  parameters: Record<string, number>;
  small: Case;
  deep: Case;
  steps: Pick<Case, "depth" | "imageSize" | "filters" | "images" | "inference"> & { losses: number[] };
} = JSON.parse(await Deno.readTextFile(join(import.meta.dirname!, "../fixtures/model/resnet_v2.json")));
export const OUTPUTS = 14;
export const LOSS = lossNamed("weighted", {
  weights: { positive: tf.tensor1d(KERAS.positive), negative: tf.tensor1d(KERAS.negative) },
});

export function modelOf(
  { depth, imageSize, filters }: Pick<Case, "depth" | "imageSize" | "filters">,
  weight = formulaWeight,
): Model {
  const model = createModel(resnetV2({ depth, imageSize, filters, outputs: OUTPUTS }), { seed: 0 });
  setFormulaWeights(model, weight);
  return model;
}

export function batchOf(
  { images, imageSize }: Pick<Case, "images" | "imageSize">,
  suffix = "",
): { images: tf.Tensor4D; truth: tf.Tensor2D } {
  const values = formulaImages(`images${suffix}`, images * imageSize ** 2);
  const truth = formulaLabels(`labels${suffix}`, images * OUTPUTS);
  return {
    images: tf.tensor4d(values, [images, imageSize, imageSize, 1]),
    truth: tf.tensor2d(truth, [images, OUTPUTS]),
  };
}

/** The largest difference between numbers. */
export function distance(actual: ArrayLike<number>, expected: readonly number[]): number {
  equal(actual.length, expected.length);
  return expected.reduce((most, value, i) => Math.max(most, Math.abs(value - actual[i]!)), 0);
}

function summaryOf(name: string, { data }: StoredTensor): Summary {
  const values = data as Float32Array;
  const weights = wave(name, values.length);
  const every = Math.max(1, Math.floor(values.length / 8));
  return [
    Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0)),
    values.reduce((sum, value, i) => sum + value * weights[i]!, 0),
    ...values.filter((_, i) => i % every === 0),
  ];
}

/** Whether weights are Keras' within a share of each one's norm, and what rounding alone makes of a zero. */
export function near(
  tensors: Iterable<[string, StoredTensor]>,
  expected: Record<string, Summary>,
  share: number,
): void {
  const names = Object.keys(expected);
  for (const [name, tensor] of tensors) {
    const { [name]: summary = [] } = expected;
    const off = distance(summaryOf(name, tensor), summary);
    ok(off < share * summary[0]! + 1e-7, `${name} is ${off} off where its norm is ${summary[0]}`);
    names.splice(names.indexOf(name), 1);
  }
  deepEqual(names, []);
}
