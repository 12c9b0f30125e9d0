import * as tf from "@tensorflow/tfjs";
import { type Kernel, runOne, typeOf } from "./_kernel.ts";

const INT32 = typeOf({ dtype: "int32" });

/** Kernels that take values from given places, or put them there. */
export const scattering: Kernel[] = [
  {
    // tfjs-node-gpu reads all indices back to check them, which TensorFlow does itself.
    name: "GatherV2",
    work: ({ inputs: { x, indices }, attributes: { axis, batchDims } }) => {
      tf.backend_util.segment_util.collectGatherOpShapeInfo(x, indices, axis, batchDims);
      return runOne("GatherV2", [x, indices, tf.scalar(axis, "int32")], {
        attributes: { batch_dims: batchDims, Tparams: typeOf(x), Tindices: typeOf(indices), Taxis: INT32 },
      });
    },
    reword: (message) =>
      message.replace(/indices\S* = (-?\d+) is not in \[0, (\d+)\)/, (place, index, size) => {
        return `the index value ${index} is not in [0, ${size - 1}] (${place})`;
      }),
  },
  {
    // A list of indices means as many places along the first axis.
    name: "ScatterNd",
    applies: ({ inputs: { indices } }) => indices.shape.length === 1,
    work: ({ inputs: { indices, updates }, attributes: { shape } }) =>
      runOne("ScatterNd", [tf.reshape(indices, [-1, 1]), updates, tf.tensor1d(shape, "int32")], {
        attributes: { T: typeOf(updates), Tindices: INT32 },
      }),
  },
  {
    // TensorFlow stacks scalars, and joins them no longer.
    name: "Concat",
    applies: ({ inputs }) => inputs.every(({ shape }: tf.Tensor) => shape.length === 0),
    work: ({ inputs }) =>
      runOne("Pack", inputs, { attributes: { N: inputs.length, T: typeOf(inputs[0]), axis: 0 } }),
  },
  {
    name: "Diag",
    applies: ({ inputs: { x } }) => x.dtype === "bool",
    work: ({ inputs: { x } }) => tf.cast(tf.diag(tf.cast(x, "int32")), "bool"),
  },
];
