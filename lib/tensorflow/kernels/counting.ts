import * as tf from "@tensorflow/tfjs";
import { DataType } from "../data_type.ts";
import { type Kernel, run, runOne, typeOf } from "./_kernel.ts";

const INT32 = typeOf({ dtype: "int32" });

/** Kernels that count, look up or take apart values. */
export const counting: Kernel[] = [
  {
    name: "DenseBincount",
    work: ({ inputs: { x, weights }, attributes: { size, binaryOutput } }) =>
      runOne("DenseBincount", [x, tf.scalar(size, "int32"), weights], {
        attributes: { Tidx: INT32, T: typeOf(weights), binary_output: binaryOutput },
      }),
  },
  {
    name: "SearchSorted",
    work: ({ inputs: { sortedSequence, values }, attributes: { side } }) =>
      runOne(side === "left" ? "LowerBound" : "UpperBound", [sortedSequence, values], {
        attributes: { T: typeOf(values), out_type: INT32 },
      }),
  },
  {
    // To TensorFlow no NaN equals another; to TensorFlow.js all do. As bits they do, once zeros have one sign.
    name: "Unique",
    applies: ({ inputs: { x } }) => x.dtype === "float32",
    work: ({ inputs: { x }, attributes: { axis = 0 } }) => {
      const one = tf.where(tf.isNaN(x), NaN, tf.where(tf.equal(x, 0), 0, x));
      const bits = bitcast(one, { from: DataType.FLOAT, to: DataType.INT32 });
      const [values, indices] = run("UniqueV2", [bits, tf.tensor1d([axis], "int32")], {
        attributes: { T: INT32, Taxis: INT32, out_idx: INT32 },
      });
      return [bitcast(values!, { from: DataType.INT32, to: DataType.FLOAT }), indices!];
    },
  },
];

function bitcast(x: tf.Tensor, { from, to }: { from: number; to: number }): tf.Tensor {
  return runOne("Bitcast", [x], { attributes: { T: { type: from }, type: { type: to } } });
}
