import assert from "node:assert/strict";
import { graph, tf } from "../../lib/tensorflow/mod.ts";

const image = tf.ones([1, 8, 8, 4]) as tf.Tensor4D;
const filter = tf.ones([3, 3, 4, 2]) as tf.Tensor4D;

// Each of these ends the process where it reaches TensorFlow 2.21.
for (const [kernel, rank] of [["Conv2D", 4], ["DepthwiseConv2dNative", 4], ["Conv3D", 5]] as const) {
  Deno.test(`${kernel} of a vector is an error, not the end of the process`, () => {
    const attributes = { strides: 1, pad: "same", dataFormat: "NHWC", dilations: 1 };
    const dataFormat = rank === 5 ? "NDHWC" : "NHWC";
    const kernelFilter = tf.ones(rank === 5 ? [3, 3, 3, 4, 2] : [3, 3, 4, 2]);
    const inputs = { x: tf.ones([6]), filter: kernelFilter };
    assert.throws(() => tf.engine().runKernel(kernel, inputs, { ...attributes, dataFormat }), {
      message: `${kernel}: an input of shape [6] was given, where one of ${rank} dimensions is needed`,
    });
  });
}

Deno.test("A dilation that makes a filter wider than 32 bits can say is an error, traced or not", () => {
  const widest = 2 ** 30 - 1; // 2 * widest + 1 is the largest number of 32 bits.
  const convolve = (dilation: number) => tf.conv2d(image, filter, 1, "same", "NHWC", dilation);
  assert.deepEqual(convolve(widest).shape, [1, 8, 8, 2]);
  const message = (name: string) => ({
    message: new RegExp(`^${name}: with a dilation of ${widest + 1} a filter of 3 is too wide`),
  });
  assert.throws(() => convolve(widest + 1), message("Conv2D"));
  assert.throws(() => graph(() => convolve(widest + 1))(), message("Conv2D"));
  assert.throws(
    () => tf.depthwiseConv2d(image, filter, 1, "same", "NHWC", widest + 1),
    message("DepthwiseConv2dNative"),
  );
});
