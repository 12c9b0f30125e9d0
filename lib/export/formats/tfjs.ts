import { DataType } from "../../tensorflow/data_type.ts";
import { describeExport, type ExportedNetwork, exportMetadata } from "../exported_network.ts";
import { GRAPH_VERSION } from "../graph_def.ts";
import { inferenceProgram } from "../inference_program.ts";
import {
  type GraphNode,
  type GraphValue,
  type NodeAttribute,
  type TensorFlowGraph,
  tensorflowGraph,
} from "../tensorflow_graph.ts";
import type { FormatFiles } from "./_format.ts";

/** The most bytes of a file of weights: browsers keep smaller files in their cache. */
const SHARD_BYTES = 4 * 1024 * 1024;

/** The names of types in a graph written as JSON, and in the list of weights. */
const TYPES: Readonly<Record<number, { inGraph: string; ofWeights?: string }>> = {
  [DataType.FLOAT]: { inGraph: "DT_FLOAT", ofWeights: "float32" },
  [DataType.INT32]: { inGraph: "DT_INT32", ofWeights: "int32" },
  [DataType.BOOL]: { inGraph: "DT_BOOL" },
};

/**
 * The network from grey pixels (float32, 0 to 255) to probabilities and Grad-CAM, as a graph model that
 * `tf.loadGraphModel` of TensorFlow.js reads: `model.json` and the weights in files of 4 MB.
 */
export const tfjs: FormatFiles = (network) => {
  const program = inferenceProgram(network.model, network);
  const graph = tensorflowGraph(program, { inputType: DataType.FLOAT });
  const constants = graph.nodes.flatMap(({ name, attributes: { value } }) =>
    value && "tensor" in value ? [{ name, ...value.tensor }] : []
  );
  const weights = joined(constants.map(({ values }) => values as Float32Array | Int32Array));
  const count = Math.ceil(weights.length / SHARD_BYTES);
  const shards = Array.from(
    { length: count },
    (_, i) =>
      [
        `group1-shard${i + 1}of${count}.bin`,
        weights.subarray(i * SHARD_BYTES, (i + 1) * SHARD_BYTES),
      ] as const,
  );
  const manifest = [{
    paths: shards.map(([path]) => path),
    weights: constants.map(({ name, shape, dtype }) => ({ name, shape, dtype: TYPES[dtype]!.ofWeights })),
  }];
  return {
    "model.json": JSON.stringify({ ...modelJson(graph, network), weightsManifest: manifest }),
    ...Object.fromEntries(shards),
  };
};

/** What `model.json` says but for the weights. */
function modelJson({ nodes, input, outputs }: TensorFlowGraph, network: ExportedNetwork) {
  return {
    format: "graph-model",
    generatedBy: "Thorax",
    convertedBy: describeExport(network),
    signature: {
      inputs: { [input.node]: valueInfo(input) },
      outputs: Object.fromEntries(
        Object.entries(outputs).map(([name, value]) => [name, valueInfo(value)]),
      ),
    },
    userDefinedMetadata: exportMetadata(network),
    modelTopology: { node: nodes.map(nodeJson), library: {}, versions: { producer: GRAPH_VERSION } },
  };
}

function valueInfo({ node, dtype, shape }: GraphValue) {
  return { name: `${node}:0`, dtype: TYPES[dtype]!.inGraph, tensorShape: shapeJson(shape) };
}

function nodeJson({ name, operation, inputs, attributes }: GraphNode) {
  return {
    ...{ name, op: operation, input: inputs },
    attr: Object.fromEntries(
      Object.entries(attributes).map(([key, value]) => [key, attributeJson(value)]),
    ),
  };
}

/** An attribute as protobuf's JSON has it: integers are texts, texts are in base64. The values of constants are elsewhere. */
function attributeJson(value: NodeAttribute): Record<string, unknown> {
  if ("s" in value) return { s: btoa(value.s) };
  if ("i" in value) return { i: String(value.i) };
  if ("type" in value) return { type: TYPES[value.type]!.inGraph };
  if ("shape" in value) return { shape: shapeJson(value.shape) };
  if ("tensor" in value) {
    const { dtype, shape } = value.tensor;
    return { tensor: { dtype: TYPES[dtype]!.inGraph, tensorShape: shapeJson(shape) } };
  }
  if (!("list" in value)) return { ...value };
  const { list } = value;
  return {
    list: "i" in list
      ? { i: list.i.map(String) }
      : "type" in list
      ? { type: list.type.map((type) => TYPES[type]!.inGraph) }
      : list,
  };
}

function shapeJson(sizes: readonly number[]) {
  return { dim: sizes.map((size) => ({ size: String(size) })) };
}

function joined(arrays: readonly (Float32Array | Int32Array)[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(arrays.reduce((sum, { byteLength }) => sum + byteLength, 0));
  let at = 0;
  for (const { buffer, byteOffset, byteLength } of arrays) {
    bytes.set(new Uint8Array(buffer, byteOffset, byteLength), at);
    at += byteLength;
  }
  return bytes;
}
