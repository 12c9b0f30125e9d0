/**
 * Operations that TensorFlow has as one and TensorFlow.js puts together from many, with their gradients.
 *
 * @module
 */
import { AttributeType, DataType } from "./data_type.ts";
import { backend, tf } from "./backend.ts";
import type { Attribute } from "./attributes.ts";
import { isNormalizationSlow } from "./processor.ts";

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
  const [y, mean, unbiased]: [tf.Tensor4D, tf.Tensor1D, tf.Tensor1D] = tf.engine().runKernel(
    BATCH_NORMALIZATION,
    { x, gamma, beta },
    { epsilon },
  );
  const count = x.size / x.shape[3];
  return {
    y,
    mean,
    variance: tf.mul(unbiased, (count - 1) / count),
  };
}

const BIAS = "BiasOfChannels";

/**
 * Adds a bias to each place, as the operation that TensorFlow makes one with the convolution before it, and with an
 * addition or rectifier after it.
 *
 * @param x [n, height, width, c]
 * @param bias [c]
 */
export function addBias(x: tf.Tensor4D, bias: tf.Tensor1D): tf.Tensor4D {
  return tf.engine().runKernel<tf.Tensor4D>(BIAS, { x, bias });
}

tf.registerKernel({
  kernelName: BIAS,
  backendName: "tensorflow",
  kernelFunc: ({ inputs }) => {
    const { x, bias } = inputs as unknown as Record<"x" | "bias", tf.Tensor>;
    const attributes = [{ name: "T", type: AttributeType.TYPE, value: DataType.FLOAT }];
    return backend().executeMultipleOutputs("BiasAdd", attributes, [x, bias], 1)[0]!;
  },
});

tf.registerGradient({
  kernelName: BIAS,
  gradFunc: (dy) => ({ x: () => dy as tf.Tensor, bias: () => tf.sum(dy as tf.Tensor, [0, 1, 2]) }),
});

const FROZEN_BATCH_NORMALIZATION = "BatchNormalizationByAverages";

/** What {@linkcode frozenBatchNormalization} is given: all but epsilon are [c]. */
export interface FrozenBatchNormalizationOptions {
  /** [channels] The scale. */
  gamma: tf.Tensor1D;
  /** [channels] The offset. */
  beta: tf.Tensor1D;
  /** [channels] The running mean. */
  mean: tf.Tensor1D;
  /** [channels] The running variance. */
  variance: tf.Tensor1D;
  /** Added to the variance. */
  epsilon: number;
}

/**
 * Batch normalisation by a mean and a variance that are given, as one operation, and its gradient as another. Where
 * oneDNN's operation is slow ({@linkcode isNormalizationSlow}), it is a product and a sum instead.
 *
 * @param x [n, height, width, c]
 */
export function frozenBatchNormalization(
  x: tf.Tensor4D,
  { gamma, beta, mean, variance, epsilon }: FrozenBatchNormalizationOptions,
): tf.Tensor4D {
  const inputs = { x, gamma, beta, mean, variance };
  return tf.engine().runKernel<tf.Tensor4D>(FROZEN_BATCH_NORMALIZATION, inputs, { epsilon });
}

tf.registerKernel({
  kernelName: FROZEN_BATCH_NORMALIZATION,
  backendName: "tensorflow",
  kernelFunc: ({ inputs, attrs }) => {
    const { x, gamma, beta, mean, variance } = inputs as unknown as
      & Omit<FrozenBatchNormalizationOptions, "epsilon">
      & {
        x: tf.Tensor4D;
      };
    const { epsilon } = attrs as unknown as { epsilon: number };
    if (isNormalizationSlow()) {
      return tf.tidy(() => {
        const scale = tf.mul(gamma, tf.rsqrt(tf.add(variance, epsilon)));
        return tf.add(tf.mul(x, scale), tf.sub(beta, tf.mul(mean, scale)));
      });
    }
    const attributes = attributesOf({ epsilon }, false);
    const given = [x, gamma, beta, mean, variance];
    const [y, ...rest] = backend().executeMultipleOutputs("FusedBatchNormV3", attributes, given, 6);
    tf.dispose(rest);
    return y!;
  },
});

tf.registerGradient({
  kernelName: FROZEN_BATCH_NORMALIZATION,
  inputsToSave: ["x", "gamma", "mean", "variance"],
  gradFunc: (dy, saved, attrs) => {
    const [x, gamma, mean, variance] = saved as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
    const { epsilon } = attrs as unknown as { epsilon: number };
    const attributes = attributesOf({ epsilon }, false);
    const inputs = [dy as tf.Tensor, x, gamma, mean, variance, tf.tensor1d([])];
    const outputs = backend().executeMultipleOutputs("FusedBatchNormGradV3", attributes, inputs, 5);
    return {
      x: () => outputs[0]!,
      gamma: () => outputs[1]!,
      beta: () => outputs[2]!,
      mean: () => tf.neg(tf.mul(outputs[2]!, tf.mul(gamma, tf.rsqrt(tf.add(variance, epsilon))))),
      variance: () => tf.mul(-0.5, tf.div(tf.mul(gamma, outputs[1]!), tf.add(variance, epsilon))),
    };
  },
});

tf.registerKernel({
  kernelName: BATCH_NORMALIZATION,
  backendName: "tensorflow",
  kernelFunc: ({ inputs, attrs }) => {
    const none = tf.tensor1d([]);
    const { x, gamma, beta } = inputs as unknown as Record<"x" | "gamma" | "beta", tf.Tensor>;
    const outputs = backend().executeMultipleOutputs(
      "FusedBatchNormV3",
      attributesOf(attrs as unknown as { epsilon: number }, true),
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
      attributesOf(attrs as unknown as { epsilon: number }, true),
      [(dy as tf.Tensor[])[0]!, ...saved],
      5,
    );
    return { x: () => outputs[0]!, gamma: () => outputs[1]!, beta: () => outputs[2]! };
  },
});

// TensorFlow.js' own gradients of the rectifiers are several operations on whole activations.
for (const kernelName of ["Relu", "Relu6"]) {
  const gradient = `${kernelName}Grad`;
  const runGradient = (dy: tf.Tensor, y: tf.Tensor): tf.Tensor => tf.engine().runKernel(gradient, { dy, y });
  tf.registerGradient({
    kernelName,
    outputsToSave: [true],
    gradFunc: (dy, [y]) => ({ x: () => runGradient(dy as tf.Tensor, y!) }),
  });
  tf.registerKernel({
    kernelName: gradient,
    backendName: "tensorflow",
    kernelFunc: ({ inputs }) => {
      const { dy, y } = inputs as unknown as Record<"dy" | "y", tf.Tensor>;
      const attributes = [{ name: "T", type: AttributeType.TYPE, value: DataType.FLOAT }];
      return backend().executeMultipleOutputs(gradient, attributes, [dy, y], 1)[0]!;
    },
  });
  tf.registerGradient({
    kernelName: gradient,
    inputsToSave: ["y"],
    gradFunc: (ddx, [y]) => ({
      dy: () => runGradient(ddx as tf.Tensor, y!),
      y: () => tf.zerosLike(y!),
    }),
  });
}

/** The attributes of `FusedBatchNormV3` and its gradient. */
export function attributesOf({ epsilon }: { epsilon: number }, training: boolean): Attribute[] {
  return [
    { name: "epsilon", type: AttributeType.FLOAT, value: epsilon },
    { name: "is_training", type: AttributeType.BOOL, value: training },
    { name: "data_format", type: AttributeType.STRING, value: "NHWC" },
    { name: "T", type: AttributeType.TYPE, value: DataType.FLOAT },
    { name: "U", type: AttributeType.TYPE, value: DataType.FLOAT },
  ];
}
