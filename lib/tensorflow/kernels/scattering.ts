import * as tf from "@tensorflow/tfjs";
import { type Kernel, runOne, typeOf } from "./_kernel.ts";

/** Kernels that put values at given places. */
export const scattering: Kernel[] = [
  {
    // A list of indices means as many places along the first axis.
    name: "ScatterNd",
    applies: ({ inputs: { indices } }) => indices.shape.length === 1,
    work: ({ inputs: { indices, updates }, attributes: { shape } }) =>
      runOne("ScatterNd", [tf.reshape(indices, [-1, 1]), updates, tf.tensor1d(shape, "int32")], {
        attributes: { T: typeOf(updates), Tindices: typeOf(indices) },
      }),
  },
  {
    name: "Diag",
    applies: ({ inputs: { x } }) => x.dtype === "bool",
    work: ({ inputs: { x } }) => tf.cast(tf.diag(tf.cast(x, "int32")), "bool"),
  },
];
