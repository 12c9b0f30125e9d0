import * as tf from "@tensorflow/tfjs";
import { type Kernel, run, runOne, typeOf } from "./_kernel.ts";

/** Kernels over sparse tensors: indices, values and a shape. */
export const sparse: Kernel[] = [
  {
    name: "SparseFillEmptyRows",
    work: ({ inputs: { indices, values, denseShape, defaultValue } }) =>
      run("SparseFillEmptyRows", [indices, values, denseShape, defaultValue], {
        attributes: { T: typeOf(values) },
        int64: [0, 2],
      }),
    reword: (message) => message.replace("SparseFillEmptyRows: ", "").replace(/(-\d+) >= \d+$/, "$1 < 0"),
  },
  {
    name: "SparseReshape",
    work: ({ inputs: { inputIndices, inputShape, newShape } }) =>
      run("SparseReshape", [inputIndices, inputShape, newShape], { int64: [0, 1, 2] }),
    reword: (message) => message.replace("SparseReshape: ", ""),
  },
  segments("SparseSegmentSum"),
  segments("SparseSegmentMean"),
];

/** TensorFlow has the mean over segments for floating point alone, so that of integers is cast there and back. */
function segments(name: "SparseSegmentSum" | "SparseSegmentMean"): Kernel {
  return {
    name,
    work: ({ inputs: { data, indices, segmentIds } }) => {
      const numbers = tf.cast(data, name === "SparseSegmentMean" ? "float32" : data.dtype);
      const result = runOne(name, [numbers, indices, segmentIds], {
        attributes: { T: typeOf(numbers), Tidx: typeOf(indices), Tsegmentids: typeOf(segmentIds) },
      });
      return tf.cast(result, data.dtype);
    },
    reword: (message) => message.replace(`${name}: `, "").replace("'segment_ids'", "segmentIds"),
  };
}
