import {
  addBias,
  batchNormalization,
  dropout,
  frozenBatchNormalization,
  type SpreadBatch,
  synchronizedBatchNormalization,
  tf,
} from "../tensorflow/mod.ts";
import type { Initializer } from "./initializer.ts";

/** Where layers take their parameters from: a description being made, or a model's vectors. */
export interface ParameterSource {
  /** A trainable parameter. `decayed` marks those that weight decay (L2) applies to. */
  parameter(
    name: string,
    shape: readonly number[],
    options: { initializer: Initializer; decayed: boolean },
  ): tf.Tensor;
  /** A moving average: not trained, but updated while training. */
  statistic(name: string, shape: readonly number[], options: { initializer: Initializer }): tf.Tensor;
  /** Takes a moving average's new value. */
  update(name: string, value: tf.Tensor): void;
}

/** How layers run. */
export interface LayersOptions {
  /** Whether batch normalisation uses the batch's statistics, and dropout drops. */
  training: boolean;
  /** Whether batch normalisation keeps to its moving averages in training too. Default: false. */
  frozenStatistics?: boolean;
  /** How much of a moving average stays at each step of training, in [0, 1]. Default: Keras' 0.99. */
  momentum?: number;
  /** The workers over whose images batch normalisation takes its statistics in training. Unless given, over the batch. */
  spreadBatch?: SpreadBatch | undefined;
  /** Replaces a tapped tensor, so that gradients with respect to it can be taken. */
  onTap?: (name: string, x: tf.Tensor4D) => tf.Tensor4D;
}

/**
 * An activation [n, height, width, c] of which a bias by channel was left out, so that `value` plus `leftOut` is what it
 * stands for. Batch normalisation takes it; additions and 1x1 convolutions hand it on. It is no tensor, so that nothing
 * else takes it for one.
 */
export interface WithoutBias {
  /** [n, height, width, channels] The activation before the bias. */
  readonly value: tf.Tensor4D;
  /** [channels] The bias that is still to be added. */
  readonly leftOut: tf.Tensor1D;
}

/** What layers hand on: a tensor, or one without its bias. */
export type Activation = tf.Tensor4D | WithoutBias;

/** A convolution's settings. */
export interface ConvolutionOptions {
  /** The number of output channels. */
  filters: number;
  /** The kernel's height and width. */
  size: number;
  /** Default: 1. */
  strides?: number;
  /** TensorFlow's padding, or how many zeros are put on each side. Default: `same`. */
  padding?: "same" | "valid" | number;
  /**
   * `cancelled`: there is a bias, and its output reaches nothing but batch normalisation (or additions and 1x1
   * convolutions before that). It is left out: in training a constant that is added to every place of a channel
   * cancels there, and its gradient is exactly zero, so only the moving mean has to know of it. This saves passes over
   * the activations in training; otherwise it is part of the convolution. Default: `none`.
   */
  bias?: "none" | "added" | "cancelled";
  /** Default: `heNormal`. */
  initializer?: Initializer;
  /** The layer's name. Default: Keras' automatic one, such as `conv2d_3`. */
  name?: string;
}

/**
 * A convolution that a batch normalisation after it can become part of. In a graph its own output is then left out,
 * where nothing else needs it.
 */
interface Foldable {
  /** The output, without bias, of filters that are multiplied by a factor each. */
  scaled: (scale: tf.Tensor1D) => tf.Tensor4D;
  bias: tf.Tensor1D | undefined;
}

/** The layers that networks are written with: TensorFlow.js operations that know their parameters and their mode. */
export class Layers {
  readonly #source: ParameterSource;
  readonly #options: LayersOptions;
  readonly #counts = new Map<string, number>();
  /** Without training: how the convolutions were made, by the id of their output. */
  readonly #convolutions = new Map<number, Foldable>();

  /** Takes parameters from a source, by name. */
  constructor(source: ParameterSource, options: LayersOptions) {
    this.#source = source;
    this.#options = options;
  }

  /**
   * A convolution of [n, height, width, c].
   *
   * @throws {Error} Larger than 1x1 where a bias was left out before it: at the borders that would be another constant.
   */
  conv2d(x: tf.Tensor4D, options: ConvolutionOptions & { bias?: "none" | "added" }): tf.Tensor4D;
  /** A convolution whose bias may be left to the next layer. */
  conv2d(x: Activation, options: ConvolutionOptions): Activation;
  conv2d(activation: Activation, options: ConvolutionOptions): Activation {
    const { value: x, leftOut: before } = partsOf(activation);
    const { filters, size, strides = 1, bias = "none", initializer = "heNormal" } = options;
    const { input, padding } = pad(x, options.padding ?? "same");
    const name = options.name ?? this.#automaticName("conv2d");
    const kernel = this.#source.parameter(`${name}/kernel`, [size, size, x.shape[3], filters], {
      initializer,
      decayed: true,
    }) as tf.Tensor4D;
    const constant = bias === "none" ? undefined : this.#source.parameter(`${name}/bias`, [filters], {
      initializer: "zeros",
      decayed: false,
    }) as tf.Tensor1D;
    if (!this.#options.training) {
      const convolved = (kernel: tf.Tensor4D) => tf.conv2d(input, kernel, strides, padding);
      const y = convolved(kernel);
      return this.#fold(constant ? addBias(y, constant) : y, {
        scaled: (scale) => convolved(tf.mul(kernel, scale)),
        bias: constant,
      });
    }
    const y = convolve(input, kernel, { strides, padding });
    if (before && size !== 1) {
      throw new Error(`${name}: a bias was cancelled before a convolution larger than 1x1`);
    }
    // Not a matrix product: in bfloat16 TensorFlow would round it, and what batch normalisation makes of it.
    const carried = before && tf.sum(
      tf.mul(tf.reshape(before, [-1, 1]), tf.reshape(kernel, [x.shape[3], filters])),
      0,
    ) as tf.Tensor1D;
    if (bias === "added") return withoutBias(addBias(y, constant!), carried);
    return withoutBias(y, carried && constant ? tf.add(carried, constant) : carried ?? constant);
  }

  /** The largest values of 3x3 places, every other place, with zeros around. */
  maxPool(x: tf.Tensor4D): tf.Tensor4D {
    return tf.maxPool(pad(x, 1).input, 3, 2, "valid");
  }

  /** A convolution of each channel by itself, of [n, height, width, c]. */
  depthwiseConv2d(
    x: tf.Tensor4D,
    { size, strides = 1, name }: { size: number; strides?: number; name?: string },
  ): tf.Tensor4D {
    const layer = name ?? this.#automaticName("depthwise_conv2d");
    const kernel = this.#source.parameter(`${layer}/depthwise_kernel`, [size, size, x.shape[3], 1], {
      initializer: "depthwiseHeNormal",
      decayed: true,
    }) as tf.Tensor4D;
    const convolved = (kernel: tf.Tensor4D) => tf.depthwiseConv2d(x, kernel, strides, "same");
    const y = convolved(kernel);
    if (this.#options.training) return y;
    return this.#fold(y, {
      scaled: (scale) => convolved(tf.mul(kernel, tf.reshape(scale, [-1, 1]))),
      bias: undefined,
    });
  }

  /** Batch normalisation, by the batch's mean and variance in training and their moving averages otherwise. */
  batchNormalization(
    activation: Activation,
    { epsilon = 1e-3, name }: { epsilon?: number; name?: string } = {},
  ): tf.Tensor4D {
    const { value: x, leftOut } = partsOf(activation);
    const { momentum = 0.99 } = this.#options;
    const layer = name ?? this.#automaticName("batch_normalization");
    const shape = [x.shape[3]];
    const weight = (name: string, initializer: Initializer) =>
      this.#source.parameter(`${layer}/${name}`, shape, { initializer, decayed: false }) as tf.Tensor1D;
    const average = (name: string, initializer: Initializer) =>
      this.#source.statistic(`${layer}/${name}`, shape, { initializer }) as tf.Tensor1D;
    const gamma = weight("gamma", "ones");
    const beta = weight("beta", "zeros");
    const movingMean = average("moving_mean", "zeros");
    const movingVariance = average("moving_variance", "ones");
    if (!this.#usesBatchStatistics) {
      const convolution = this.#convolutions.get(x.id);
      if (!convolution) {
        const mean = leftOut ? tf.sub(movingMean, leftOut) as tf.Tensor1D : movingMean;
        return frozenBatchNormalization(x, { gamma, beta, mean, variance: movingVariance, epsilon });
      }
      const { scaled, bias } = convolution;
      const scale = tf.mul(gamma, tf.rsqrt(tf.add(movingVariance, epsilon))) as tf.Tensor1D;
      const mean = bias ? tf.sub(movingMean, bias) : movingMean;
      return addBias(scaled(scale), tf.sub(beta, tf.mul(mean, scale)));
    }
    const batch = this.#options.spreadBatch;
    const { y, mean, variance } = batch
      ? synchronizedBatchNormalization(x, { gamma, beta, epsilon, batch })
      : batchNormalization(x, { gamma, beta, epsilon });
    const move = (name: string, average: tf.Tensor1D, value: tf.Tensor1D) =>
      this.#source.update(`${layer}/${name}`, tf.add(tf.mul(average, momentum), tf.mul(value, 1 - momentum)));
    move("moving_mean", movingMean, leftOut ? tf.add(mean, leftOut) : mean);
    move("moving_variance", movingVariance, variance);
    return y;
  }

  /** The sum of two activations of the same shape. */
  add(a: tf.Tensor4D, b: tf.Tensor4D): tf.Tensor4D;
  /** The same of activations whose biases may be left out: the sum then leaves out both. */
  add(a: Activation, b: Activation): Activation;
  add(a: Activation, b: Activation): Activation {
    const [{ value: x, leftOut: p }, { value: y, leftOut: q }] = [partsOf(a), partsOf(b)];
    return withoutBias(tf.add(x, y), p && q ? tf.add(p, q) : p ?? q);
  }

  /** A dense layer over [n, c]. */
  dense(
    x: tf.Tensor2D,
    { units, initializer = "glorotUniform", name }: {
      units: number;
      initializer?: Initializer;
      name?: string;
    },
  ): tf.Tensor2D {
    const layer = name ?? this.#automaticName("dense");
    const shape = [x.shape[1], units];
    const kernel = this.#source.parameter(`${layer}/kernel`, shape, {
      initializer,
      decayed: false,
    }) as tf.Tensor2D;
    const bias = this.#source.parameter(`${layer}/bias`, [units], { initializer: "zeros", decayed: false });
    return tf.add(tf.matMul(x, kernel), bias);
  }

  /** Drops values in training, at a rate in [0, 1). */
  dropout<T extends tf.Tensor>(x: T, rate: number): T {
    return this.#options.training && rate > 0 ? dropout(x, rate) : x;
  }

  /** Marks a feature map by name, so that Grad-CAM can find it. */
  tap(name: string, x: tf.Tensor4D): tf.Tensor4D {
    return this.#options.onTap?.(name, x) ?? x;
  }

  get #usesBatchStatistics(): boolean {
    return this.#options.training && !this.#options.frozenStatistics;
  }

  #fold(y: tf.Tensor4D, convolution: Foldable): tf.Tensor4D {
    this.#convolutions.set(y.id, convolution);
    return y;
  }

  #automaticName(kind: string): string {
    const count = this.#counts.get(kind) ?? 0;
    this.#counts.set(kind, count + 1);
    return count === 0 ? kind : `${kind}_${count}`;
  }
}

/** An activation's tensor, and the bias that was left out of it. */
export function partsOf(activation: Activation): { value: tf.Tensor4D; leftOut: tf.Tensor1D | undefined } {
  return "leftOut" in activation ? activation : { value: activation, leftOut: undefined };
}

function withoutBias(value: tf.Tensor4D, leftOut: tf.Tensor1D | undefined): Activation {
  return leftOut ? { value, leftOut } : value;
}

/** Puts zeros around where their number is given. */
function pad(
  x: tf.Tensor4D,
  padding: "same" | "valid" | number,
): { input: tf.Tensor4D; padding: "same" | "valid" } {
  if (typeof padding === "string") return { input: x, padding };
  const sides: [number, number] = [padding, padding];
  return { input: tf.pad(x, [[0, 0], sides, sides, [0, 0]]) as tf.Tensor4D, padding: "valid" };
}

/** A 1x1 convolution without strides is a matrix product, whose gradients are faster than a convolution's. */
function convolve(
  x: tf.Tensor4D,
  kernel: tf.Tensor4D,
  { strides, padding }: { strides: number; padding: "same" | "valid" },
): tf.Tensor4D {
  const [height, width, channels, filters] = kernel.shape;
  if (height !== 1 || width !== 1 || strides !== 1) return tf.conv2d(x, kernel, strides, padding);
  const rows = tf.reshape(x, [-1, channels]) as tf.Tensor2D;
  const y = tf.matMul(rows, tf.reshape(kernel, [channels, filters]) as tf.Tensor2D);
  return tf.reshape(y, [x.shape[0], x.shape[1], x.shape[2], filters]) as tf.Tensor4D;
}
