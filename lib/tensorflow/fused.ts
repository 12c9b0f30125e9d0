/**
 * Operations that TensorFlow has as one and TensorFlow.js puts together from many, with their gradients.
 *
 * @module
 */
import { AttributeType, DataType } from "./data_type.ts";
import { backend, tf } from "./backend.ts";
import type { Attribute } from "./attributes.ts";

/** Batch normalisation over a batch: the normalised values, and what moving averages are made of. */
export interface Normalized {
  /** [n, height, width, c]: `gamma * (x - mean) / sqrt(variance + epsilon) + beta`. */
  y: tf.Tensor4D;
  /** [c]: the batch's mean over images and places. */
  mean: tf.Tensor1D;
  /** [c]: the batch's variance (the biased one: divided by the number of values). */
  variance: tf.Tensor1D;
}

const BATCH_NORMALIZATION = "BatchNormalizationInTraining";

/**
 * Batch normalisation in training (Ioffe and Szegedy, 2015) as one operation, and its gradient as another.
 *
 * @param x [n, height, width, c]
 * @param options `gamma` and `beta` are [c]; `epsilon` is added to the variance.
 */
export function batchNormalization(
  x: tf.Tensor4D,
  { gamma, beta, epsilon }: { gamma: tf.Tensor1D; beta: tf.Tensor1D; epsilon: number },
): Normalized {
  const outputs: tf.Tensor[] = tf.engine().runKernel(BATCH_NORMALIZATION, { x, gamma, beta }, { epsilon });
  const [y, mean, unbiased] = outputs;
  const count = x.size / x.shape[3];
  return {
    y: y as tf.Tensor4D,
    mean: mean as tf.Tensor1D,
    variance: tf.mul(unbiased as tf.Tensor1D, (count - 1) / count),
  };
}

tf.registerKernel({
  kernelName: BATCH_NORMALIZATION,
  backendName: "tensorflow",
  kernelFunc: ({ inputs, attrs }) => {
    const none = tf.tensor1d([]);
    const { x, gamma, beta } = inputs as unknown as Record<"x" | "gamma" | "beta", tf.Tensor>;
    const outputs = backend().executeMultipleOutputs(
      "FusedBatchNormV3",
      attributesOf(attrs as unknown as { epsilon: number }),
      [x, gamma, beta, none, none],
      6,
    );
    none.dispose();
    return outputs;
  },
});

tf.registerGradient({
  kernelName: BATCH_NORMALIZATION,
  inputsToSave: ["x", "gamma"],
  outputsToSave: [false, false, false, true, true, true],
  gradFunc: (dy, saved, attrs) => {
    const outputs = backend().executeMultipleOutputs(
      "FusedBatchNormGradV3",
      attributesOf(attrs as unknown as { epsilon: number }),
      [(dy as tf.Tensor[])[0]!, ...saved],
      5,
    );
    return { x: () => outputs[0]!, gamma: () => outputs[1]!, beta: () => outputs[2]! };
  },
});

// TensorFlow.js' own gradient of the rectifier is four operations on whole activations.
tf.registerGradient({
  kernelName: "Relu",
  outputsToSave: [true],
  gradFunc: (dy, saved) => {
    const attributes = [{ name: "T", type: AttributeType.TYPE, value: DataType.FLOAT }];
    return {
      x: () => backend().executeMultipleOutputs("ReluGrad", attributes, [dy as tf.Tensor, saved[0]!], 1)[0]!,
    };
  },
});

function attributesOf({ epsilon }: { epsilon: number }): Attribute[] {
  return [
    { name: "epsilon", type: AttributeType.FLOAT, value: epsilon },
    { name: "is_training", type: AttributeType.BOOL, value: true },
    { name: "data_format", type: AttributeType.STRING, value: "NHWC" },
    { name: "T", type: AttributeType.TYPE, value: DataType.FLOAT },
    { name: "U", type: AttributeType.TYPE, value: DataType.FLOAT },
  ];
}
