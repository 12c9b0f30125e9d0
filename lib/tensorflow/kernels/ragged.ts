import { type Kernel, run, runOne, typeOf } from "./_kernel.ts";

const INT32 = typeOf({ dtype: "int32" });

/** Kernels over ragged tensors: values, and where their rows begin and end. */
export const ragged: Kernel[] = [
  {
    name: "RaggedGather",
    work: (
      { inputs: { paramsNestedSplits, paramsDenseValues, indices }, attributes: { outputRaggedRank } },
    ) =>
      run("RaggedGather", [...paramsNestedSplits, paramsDenseValues, indices], {
        attributes: {
          Tvalues: typeOf(paramsDenseValues),
          Tindices: INT32,
          Tsplits: INT32,
          PARAMS_RAGGED_RANK: paramsNestedSplits.length,
          OUTPUT_RAGGED_RANK: outputRaggedRank,
        },
      }),
    reword: (message) =>
      message.replace("RaggedGather: ", "").replace(/must be sorted$/, "must be sorted in ascending order"),
  },
  {
    name: "RaggedRange",
    work: ({ inputs: { starts, limits, deltas } }) =>
      run("RaggedRange", [starts, limits, deltas], { attributes: { T: typeOf(starts), Tsplits: INT32 } }),
    reword: (message) => message.replace("RaggedRange: ", ""),
  },
  {
    name: "RaggedTensorToTensor",
    work: ({ inputs: { shape, values, defaultValue, rowPartitionTensors }, attributes }) =>
      runOne("RaggedTensorToTensor", [shape, values, defaultValue, ...rowPartitionTensors], {
        attributes: {
          T: typeOf(values),
          Tindex: INT32,
          Tshape: INT32,
          num_row_partition_tensors: rowPartitionTensors.length,
          row_partition_types: attributes.rowPartitionTypes,
        },
      }),
  },
];
