/**
 * What networks and their explanations take from `mod.ts`, for web pages: by the TensorFlow.js that runs in browsers. Who
 * bundles `lib/model` or `lib/explanation` for a page puts this file in the place of `mod.ts`.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs-core";
import type * as library from "./mod.ts";

/** The part of `mod.ts` that networks and Grad-CAM need. */
export type NetworkOperations = Pick<
  typeof library,
  | "addBias"
  | "batchNormalization"
  | "dropout"
  | "einsumInDouble"
  | "evalShape"
  | "frozenBatchNormalization"
  | "synchronizedBatchNormalization"
>;

/** The sums of products that Grad-CAM and its kin ask for, without the operation Einsum, which WebGL does not have for them. */
const CONTRACTIONS: Readonly<Record<string, (a: tf.Tensor, b: tf.Tensor) => tf.Tensor>> = {
  "nkqc,npc->nkp": (gradients, features) => tf.matMul(tf.sum(gradients, 2), features, false, true),
  "nkpc,npc->nkp": (gradients, features) => tf.sum(tf.mul(gradients, tf.expandDims(features, 1)), 3),
};

const operations: NetworkOperations = {
  addBias: (x, bias) => tf.add(x, bias),
  batchNormalization(x, { gamma, beta, epsilon }) {
    const { mean, variance } = tf.moments(x, [0, 1, 2]) as { mean: tf.Tensor1D; variance: tf.Tensor1D };
    return { y: tf.batchNorm4d(x, mean, variance, beta, gamma, epsilon), mean, variance };
  },
  frozenBatchNormalization: (x, { gamma, beta, mean, variance, epsilon }) =>
    tf.batchNorm4d(x, mean, variance, beta, gamma, epsilon),
  synchronizedBatchNormalization() {
    throw new Error("Statistics over several workers' images are for training, which pages do not do");
  },
  dropout: <T extends tf.Tensor>(x: T, rate: number) => tf.dropout(x, rate) as T,
  // In float32: browsers have no float64 on their graphics cards.
  einsumInDouble(equation, a, b) {
    const contract = CONTRACTIONS[equation];
    if (contract === undefined) throw new Error(`einsum "${equation}" is not there in pages`);
    return contract(a, b);
  },
  // A page computes what is thrown away: it makes the backend ready for what follows.
  evalShape<T>(work: () => T): T {
    let result: { value: T } | undefined;
    tf.tidy(() => {
      result = { value: work() };
    });
    return result!.value;
  },
};

export const {
  addBias,
  batchNormalization,
  dropout,
  einsumInDouble,
  evalShape,
  frozenBatchNormalization,
  synchronizedBatchNormalization,
} = operations;
export { tf };
