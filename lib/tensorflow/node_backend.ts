import type * as tf from "@tensorflow/tfjs";
import type { Attribute } from "./attributes.ts";
import type { Binding } from "./binding.ts";

/** The part of TensorFlow.js' node backend that this project calls itself. */
export interface NodeBackend extends tf.KernelBackend {
  readonly binding: Binding;
  getInputTensorIds(tensors: readonly tf.TensorInfo[]): number[];
  createOutputTensor<T extends tf.Tensor>(metadata: { id: number; shape: number[]; dtype: number }): T;
  executeMultipleOutputs(
    name: string,
    attributes: Attribute[],
    inputs: readonly tf.Tensor[],
    outputs: number,
  ): tf.Tensor[];
  applyActivation(
    input: tf.Tensor,
    activation: string | undefined,
    preluWeights: tf.Tensor | undefined,
    leakyReluAlpha: number | undefined,
  ): tf.Tensor;
}
