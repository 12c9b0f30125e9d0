import * as tf from "@tensorflow/tfjs";
import type { NodeBackend } from "../node_backend.ts";
import { type AttributeValue, type Kernel, type KernelCall, runOne, typeOf } from "./_kernel.ts";

/** Kernels of convolutions that tfjs-node-gpu turns down. */
export const convolution: Kernel[] = [
  { name: "Conv2DBackpropInput", applies: isUnusual, work: inputGradient },
  { name: "Conv2DBackpropFilter", applies: isUnusual, work: filterGradient },
  {
    name: "FusedConv2D",
    applies: ({ attributes: { dataFormat } }) => dataFormat === "NCHW",
    work: channelsFirst,
  },
];

/** The convolution that a gradient belongs to. */
function convolutionOf({ inputs, attributes }: KernelCall): tf.backend_util.Conv2DInfo {
  const { strides, pad, dimRoundingMode, dataFormat } = attributes;
  const inputShape = attributes.inputShape ?? inputs.x.shape;
  const filterShape = attributes.filterShape ?? inputs.filter.shape;
  const { backend_util } = tf;
  const order = backend_util.convertConv2DDataFormat(dataFormat);
  return backend_util.computeConv2DInfo(
    inputShape,
    filterShape,
    strides,
    1,
    pad,
    dimRoundingMode,
    false,
    order,
  );
}

/** Whether the padding is given in numbers, or `dy` has another size than the convolution's result. */
function isUnusual(call: KernelCall): boolean {
  const { padInfo, outHeight, outWidth, dataFormat } = convolutionOf(call);
  if (dataFormat !== "channelsLast") return false;
  const [, height, width] = call.inputs.dy.shape;
  return isExplicit(padInfo) || height !== outHeight || width !== outWidth;
}

function isExplicit({ type }: tf.backend_util.PadInfo): boolean {
  return type === "NUMBER" || type === "EXPLICIT";
}

function inputGradient(call: KernelCall): tf.Tensor {
  const { inputs: { dy, filter }, attributes: { inputShape } } = call;
  const info = convolutionOf(call);
  const inputs = [tf.tensor1d(inputShape, "int32"), filter, partOf(dy, info)];
  return runOne("Conv2DBackpropInput", inputs, { attributes: { T: typeOf(dy), ...attributesOf(info) } });
}

function filterGradient(call: KernelCall): tf.Tensor {
  const { inputs: { x, dy }, attributes: { filterShape } } = call;
  const info = convolutionOf(call);
  const inputs = [x, tf.tensor1d(filterShape, "int32"), partOf(dy, info)];
  return runOne("Conv2DBackpropFilter", inputs, { attributes: { T: typeOf(dy), ...attributesOf(info) } });
}

/** The places of `dy` that the convolution's result has. */
function partOf(dy: tf.Tensor, { outHeight, outWidth }: tf.backend_util.Conv2DInfo): tf.Tensor {
  return tf.slice(dy, [0, 0, 0, 0], [-1, outHeight, outWidth, -1]);
}

function attributesOf(info: tf.backend_util.Conv2DInfo): Record<string, AttributeValue> {
  const { padInfo, strideHeight, strideWidth } = info;
  const { type, top, bottom, left, right } = padInfo;
  const strides = [1, strideHeight, strideWidth, 1];
  if (!isExplicit(padInfo)) return { strides, padding: type };
  return { strides, padding: "EXPLICIT", explicit_paddings: [0, 0, top, bottom, left, right, 0, 0] };
}

/** Convolution, bias and activation with channels before height and width. */
function channelsFirst({ inputs, attributes }: KernelCall): tf.Tensor {
  const { x, filter, bias, preluActivationWeights } = inputs;
  const { strides, pad, dilations, dimRoundingMode, activation, leakyreluAlpha } = attributes;
  const convolved = tf.transpose(
    tf.conv2d(tf.transpose(x, [0, 2, 3, 1]), filter, strides, pad, "NHWC", dilations, dimRoundingMode),
    [0, 3, 1, 2],
  );
  const perChannel = (values: tf.Tensor | undefined) => {
    return values?.rank === 1 ? tf.reshape(values, [-1, 1, 1]) : values;
  };
  const added = bias ? tf.add(convolved, perChannel(bias)!) : convolved;
  const backend = tf.backend() as NodeBackend;
  return backend.applyActivation(added, activation, perChannel(preluActivationWeights), leakyreluAlpha);
}
