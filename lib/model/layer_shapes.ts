import { evalShape, tf } from "../tensorflow/mod.ts";
import { type Activation, type ConvolutionOptions, Layers, type ParameterSource, partsOf } from "./layers.ts";
import type { Network } from "./network.ts";

/** A layer with weights that are learnt, as a table of a network shows it. */
export interface LayerShape {
  /** What it does. */
  kind: "convolution" | "depthwise convolution" | "dense";
  /** Height, width (both absent for a dense layer), channels in and out of its kernel. */
  kernel: readonly number[];
  /** Of one image: height, width and channels, or the number of features. */
  input: readonly number[];
  /** The same after the layer. */
  output: readonly number[];
}

/** The convolutions and dense layers of a network, in the order in which an image passes them. Nothing is computed. */
export function layerShapes(network: Network): LayerShape[] {
  const shapes: LayerShape[] = [];
  evalShape(() => {
    const images = tf.zeros([1, network.imageSize, network.imageSize, network.channels]) as tf.Tensor4D;
    network.forward(new ShapedLayers(shapes), images);
  });
  return shapes;
}

/** Layers that note their shapes. */
class ShapedLayers extends Layers {
  readonly #shapes: LayerShape[];

  constructor(shapes: LayerShape[]) {
    super(ZEROS, { training: false });
    this.#shapes = shapes;
  }

  override conv2d(x: tf.Tensor4D, options: ConvolutionOptions & { bias?: "none" | "added" }): tf.Tensor4D;
  override conv2d(x: Activation, options: ConvolutionOptions): Activation;
  override conv2d(x: Activation, options: ConvolutionOptions): Activation {
    const y = super.conv2d(x, options);
    const { shape } = partsOf(x).value;
    const kernel = [options.size, options.size, shape[3], options.filters];
    this.#note(partsOf(y).value, { kind: "convolution", kernel, input: shape.slice(1) });
    return y;
  }

  override depthwiseConv2d(x: tf.Tensor4D, options: Parameters<Layers["depthwiseConv2d"]>[1]): tf.Tensor4D {
    const y = super.depthwiseConv2d(x, options);
    const kernel = [options.size, options.size, x.shape[3], 1];
    return this.#note(y, { kind: "depthwise convolution", kernel, input: x.shape.slice(1) });
  }

  override dense(x: tf.Tensor2D, options: Parameters<Layers["dense"]>[1]): tf.Tensor2D {
    const y = super.dense(x, options);
    return this.#note(y, { kind: "dense", kernel: [x.shape[1], options.units], input: [x.shape[1]] });
  }

  #note<T extends tf.Tensor>(y: T, shape: Omit<LayerShape, "output">): T {
    this.#shapes.push({ ...shape, output: y.shape.slice(1) });
    return y;
  }
}

const ZEROS: ParameterSource = {
  parameter: (_, shape) => tf.zeros([...shape]),
  statistic: (_, shape) => tf.zeros([...shape]),
  update() {},
};
