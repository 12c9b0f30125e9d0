import * as tf from "@tensorflow/tfjs";
import { type Kernel, runOne, typeOf } from "./_kernel.ts";

/** Kernels that work on each value alone. */
export const elementwise: Kernel[] = [
  {
    name: "BitwiseAnd",
    work: ({ inputs: { a, b } }) => runOne("BitwiseAnd", [a, b], { attributes: { T: typeOf(a) } }),
  },
  {
    name: "LeakyRelu",
    applies: ({ inputs: { x } }) => x.dtype !== "float32",
    work: ({ inputs: { x }, attributes: { alpha } }) => tf.leakyRelu(tf.cast(x, "float32"), alpha),
  },
  {
    name: "Round",
    applies: ({ inputs: { x } }) => x.dtype === "int32",
    work: ({ inputs: { x } }) => tf.clone(x),
  },
  {
    // TensorFlow hands NaN on; to TensorFlow.js its sign is 0.
    name: "Sign",
    applies: ({ inputs: { x } }) => x.dtype === "float32",
    work: ({ inputs: { x } }) => {
      const sign = runOne("Sign", [x], { attributes: { T: typeOf(x) } });
      return tf.where(tf.isNaN(x), 0, sign);
    },
  },
  {
    name: "Step",
    applies: ({ inputs: { x } }) => x.dtype === "int32",
    work: ({ inputs: { x }, attributes: { alpha } }) =>
      tf.cast(tf.where(tf.greater(x, 0), 1, tf.fill(x.shape, alpha)), "int32"),
  },
];
