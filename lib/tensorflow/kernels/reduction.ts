import * as tf from "@tensorflow/tfjs";
import type { Kernel } from "./_kernel.ts";

/** Kernels that take values together. */
export const reduction: Kernel[] = [
  {
    // tfjs-node-gpu names the type that the values had before they were cast, which a graph does not take.
    name: "Mean",
    applies: ({ inputs: { x } }) => x.dtype !== "float32",
    work: ({ inputs: { x }, attributes: { axis, keepDims } }) =>
      tf.mean(tf.cast(x, "float32"), axis, keepDims),
  },
];
