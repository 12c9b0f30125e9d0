/**
 * TensorFlow for Deno: the C library as a TensorFlow.js backend, and functions traced into graphs. Take `tf` from
 * here, so that every module uses the same TensorFlow.js.
 *
 * @module
 */
import { letTensorsShow } from "./show_tensor.ts";

letTensorsShow();

export * as tf from "./tfjs_node.ts";
export {
  addBias,
  batchNormalization,
  frozenBatchNormalization,
  type FrozenBatchNormalizationOptions,
  type Normalized,
} from "./fused.ts";
export { ensureTensorFlow, type EnsureTensorFlowOptions } from "./ensure_tensorflow.ts";
export {
  type SpreadBatch,
  synchronizedBatchNormalization,
  type SynchronizedBatchNormalizationOptions,
} from "./synchronized_batch_normalization.ts";
export {
  allGather,
  allReduce,
  allReduceNow,
  type AllReduceOptions,
  broadcastNow,
  joinCluster,
  type JoinClusterOptions,
} from "./cluster.ts";
export { devices, hasGpu, libraryVersion } from "./context.ts";
export { instructionSets } from "./instruction_sets.ts";
export { emulatesBfloat16 } from "./processor.ts";
export { einsumInDouble } from "./einsum_in_double.ts";
export {
  type Graph,
  graph,
  type GraphArgument,
  type GraphOptions,
  type GraphResult,
  type GraphStats,
} from "./graph.ts";
export { evalShape } from "./trace.ts";
export { type OperationTime, type Profile, profile } from "./profile.ts";
export { traceLayers } from "./traced_layers.ts";
export { dropout, randomNormal, randomUniform, seedRandom } from "./random.ts";
