import * as tf from "@tensorflow/tfjs";
import { type Kernel, type KernelCall, run, runOne, typeOf } from "./_kernel.ts";

/**
 * Kernels of pooling whose windows are not those of TensorFlow's SAME or VALID padding: padded by given numbers, or with
 * another rounding of the output's size.
 */
export const pooling: Kernel[] = [
  { name: "MaxPool", applies: isPadded, work: maximum },
  { name: "MaxPool3D", applies: isPadded, work: maximum },
  { name: "MaxPoolGrad", applies: isPadded, work: maximumGradient("MaxPoolGrad") },
  { name: "MaxPool3DGrad", applies: isPadded, work: maximumGradient("MaxPool3DGrad") },
  { name: "AvgPool", applies: isPadded, work: average },
  { name: "AvgPool3D", applies: isPadded, work: average },
  { name: "AvgPoolGrad", applies: isPadded, work: averageGradient("AvgPoolGrad") },
  { name: "AvgPool3DGrad", applies: isPadded, work: averageGradient("AvgPool3DGrad") },
  {
    name: "MaxPoolWithArgmax",
    work: ({ inputs: { x }, attributes: { filterSize, strides, pad, includeBatchInIndex } }) => {
      const { padInfo: { type }, ...info } = tf.backend_util.computePool2DInfo(
        x.shape,
        filterSize,
        strides,
        1,
        pad,
      );
      const numbers = tf.where(tf.isNaN(x), -Infinity, x);
      return run("MaxPoolWithArgmax", [numbers], {
        attributes: {
          T: typeOf(x),
          ksize: [1, info.filterHeight, info.filterWidth, 1],
          strides: [1, info.strideHeight, info.strideWidth, 1],
          padding: type,
          include_batch_in_index: includeBatchInIndex,
        },
      });
    },
  },
];

/** How windows lie along one axis of an image or volume. */
interface Axis {
  size: number;
  filter: number;
  stride: number;
  /** How many places are added in front and behind, so that exactly the wanted windows fit. */
  before: number;
  after: number;
  /** How many windows there are. */
  windows: number;
}

interface Windows {
  axes: Axis[];
  type: "SAME" | "VALID" | "NUMBER" | "EXPLICIT";
}

function windowsOf({ inputs, attributes }: KernelCall): Windows {
  const { filterSize, strides, pad, dimRoundingMode } = attributes;
  const { shape } = inputs.x ?? inputs.input;
  const { backend_util } = tf;
  // Gradients are not told the rounding; they follow what they are the gradients of.
  const counts: number[] | undefined = inputs.dy?.shape.slice(1, -1);
  if (shape.length === 4) {
    const info = backend_util.computePool2DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode);
    const { padInfo } = info;
    const [height, width] = counts ?? [info.outHeight, info.outWidth];
    return {
      type: padInfo.type,
      axes: [
        axis([info.inHeight, info.filterHeight, info.strideHeight, padInfo.top, height!]),
        axis([info.inWidth, info.filterWidth, info.strideWidth, padInfo.left, width!]),
      ],
    };
  }
  const info = backend_util.computePool3DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode);
  const { padInfo } = info;
  const [depth, height, width] = counts ?? [info.outDepth, info.outHeight, info.outWidth];
  return {
    type: padInfo.type,
    axes: [
      axis([info.inDepth, info.filterDepth, info.strideDepth, padInfo.front, depth!]),
      axis([info.inHeight, info.filterHeight, info.strideHeight, padInfo.top, height!]),
      axis([info.inWidth, info.filterWidth, info.strideWidth, padInfo.left, width!]),
    ],
  };
}

function axis([size, filter, stride, before, windows]: [number, number, number, number, number]): Axis {
  const after = Math.max(0, (windows - 1) * stride + filter - size - before);
  return { size, filter, stride, before, after, windows };
}

/** Whether TensorFlow's own padding would give other windows. */
function isPadded(call: KernelCall): boolean {
  const { axes, type } = windowsOf(call);
  if (type === "SAME") return false;
  return axes.some(({ before, after, windows }) => before > 0 || after > 0 || windows <= 0);
}

/** Adds what {@linkcode Axis} says to an image or volume. */
function frame(x: tf.Tensor, { axes }: Windows, value: number): tf.Tensor {
  return tf.pad(
    x,
    [[0, 0], ...axes.map(({ before, after }): [number, number] => [before, after]), [0, 0]],
    value,
  );
}

/** Takes off again what {@linkcode frame} added. */
function unframe(x: tf.Tensor, { axes }: Windows): tf.Tensor {
  return tf.slice(x, [0, ...axes.map(({ before }) => before), 0], [-1, ...axes.map(({ size }) => size), -1]);
}

function pool(operation: string, inputs: tf.Tensor[], { axes }: Windows): tf.Tensor {
  const volume = axes.length === 3;
  return runOne(operation, inputs, {
    attributes: {
      T: typeOf(inputs.at(-1)!),
      ksize: [1, ...axes.map(({ filter }) => filter), 1],
      strides: [1, ...axes.map(({ stride }) => stride), 1],
      padding: "VALID",
      data_format: volume ? "NDHWC" : "NHWC",
    },
  });
}

function isEmpty({ axes }: Windows): boolean {
  return axes.some(({ windows }) => windows <= 0);
}

function empty(x: tf.Tensor, { axes }: Windows): tf.Tensor {
  const shape = [x.shape[0]!, ...axes.map(({ windows }) => Math.max(windows, 0)), x.shape.at(-1)!];
  return tf.tensor([], shape, x.dtype);
}

function maximum(call: KernelCall): tf.Tensor {
  const { x } = call.inputs;
  const windows = windowsOf(call);
  if (isEmpty(windows)) return empty(x, windows);
  return pool(x.shape.length === 5 ? "MaxPool3D" : "MaxPool", [frame(x, windows, -Infinity)], windows);
}

function maximumGradient(operation: string): (call: KernelCall) => tf.Tensor {
  return (call) => {
    const { dy, input, output } = call.inputs;
    const windows = windowsOf(call);
    return unframe(pool(operation, [frame(input, windows, -Infinity), output, dy], windows), windows);
  };
}

/** The mean over the places of a window that lie in the image; 0 where none does. */
function average(call: KernelCall): tf.Tensor {
  const { x } = call.inputs;
  const windows = windowsOf(call);
  if (isEmpty(windows)) return empty(x, windows);
  const operation = x.shape.length === 5 ? "AvgPool3D" : "AvgPool";
  return tf.divNoNan(pool(operation, [frame(x, windows, 0)], windows), inside(operation, windows));
}

function averageGradient(operation: string): (call: KernelCall) => tf.Tensor {
  return (call) => {
    const { dy, input } = call.inputs;
    const windows = windowsOf(call);
    const share = inside(operation.slice(0, -"Grad".length), windows);
    const framed = input.shape.map((size: number, i: number) => {
      const { before = 0, after = 0 } = windows.axes[i - 1] ?? {};
      return size + before + after;
    });
    const inputs = [tf.tensor1d(framed, "int32"), tf.divNoNan(dy, share)];
    return unframe(pool(operation, inputs, windows), windows);
  };
}

/** The fraction of each window that lies in the image. */
function inside(operation: string, windows: Windows): tf.Tensor {
  const places = tf.ones([1, ...windows.axes.map(({ size }) => size), 1]);
  return pool(operation, [frame(places, windows, 0)], windows);
}
