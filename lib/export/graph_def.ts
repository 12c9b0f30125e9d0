import { type Message, messageBytes, nested, tag } from "../support/protobuf.ts";
import type { GraphNode, GraphValue, NodeAttribute, TensorFlowGraph } from "./tensorflow_graph.ts";

/** The version of graphs that TensorFlow 2.9 writes: what reads one is that or newer. */
export const GRAPH_VERSION = 1087;

/** What a signature is called that TensorFlow Serving and `tf.saved_model.load` look for. */
const SIGNATURE = "serving_default";

/**
 * A graph as the `saved_model.pb` of a SavedModel (tensorflow/core/protobuf/saved_model.proto), for the tag `serve` and with
 * one signature, `serving_default`. Its weights are constants: there is no folder of variables. The same graph gives the
 * same bytes.
 */
export function savedModelFile(graph: TensorFlowGraph): Uint8Array<ArrayBuffer> {
  return messageBytes((file) => {
    file.uint32(tag(1, 0)).int64(1);
    nested(file, 2, (meta) => {
      nested(meta, 1, (info) => info.uint32(tag(4, 2)).string("serve").uint32(tag(5, 2)).string("2.9.0"));
      nested(meta, 2, (written) => writeGraph(written, graph));
      nested(meta, 5, (entry) => {
        entry.uint32(tag(1, 2)).string(SIGNATURE);
        nested(entry, 2, (signature) => writeSignature(signature, graph));
      });
    });
  });
}

function writeGraph(written: Message, { nodes }: TensorFlowGraph): void {
  for (const node of nodes) nested(written, 1, (message) => writeNode(message, node));
  nested(written, 4, (versions) => versions.uint32(tag(1, 0)).int32(GRAPH_VERSION));
}

function writeNode(message: Message, { name, operation, inputs, attributes }: GraphNode): void {
  message.uint32(tag(1, 2)).string(name).uint32(tag(2, 2)).string(operation);
  for (const input of inputs) message.uint32(tag(3, 2)).string(input);
  for (const [key, value] of Object.entries(attributes)) {
    nested(message, 5, (entry) => {
      entry.uint32(tag(1, 2)).string(key);
      nested(entry, 2, (attribute) => writeAttribute(attribute, value));
    });
  }
}

function writeAttribute(message: Message, value: NodeAttribute): void {
  if ("s" in value) message.uint32(tag(2, 2)).bytes(new TextEncoder().encode(value.s));
  else if ("i" in value) message.uint32(tag(3, 0)).int64(value.i);
  else if ("f" in value) message.uint32(tag(4, 5)).float(value.f);
  else if ("b" in value) message.uint32(tag(5, 0)).bool(value.b);
  else if ("type" in value) message.uint32(tag(6, 0)).int32(value.type);
  else if ("shape" in value) nested(message, 7, (shape) => writeShape(shape, value.shape));
  else if ("tensor" in value) {
    const { shape, dtype, values } = value.tensor;
    const { buffer, byteOffset, byteLength } = values as Exclude<typeof values, Uint8Array[]>;
    nested(message, 8, (tensor) => {
      tensor.uint32(tag(1, 0)).int32(dtype);
      nested(tensor, 2, (message) => writeShape(message, shape));
      tensor.uint32(tag(4, 2)).bytes(new Uint8Array(buffer, byteOffset, byteLength));
    });
  } else {
    const { list } = value;
    nested(message, 1, (message) => {
      if ("i" in list) { for (const each of list.i) message.uint32(tag(3, 0)).int64(each); }
      else if ("f" in list) { for (const each of list.f) message.uint32(tag(4, 5)).float(each); }
      else for (const each of list.type) message.uint32(tag(6, 0)).int32(each);
    });
  }
}

function writeShape(message: Message, sizes: readonly number[]): void {
  for (const size of sizes) nested(message, 2, (dim) => dim.uint32(tag(1, 0)).int64(size));
}

function writeSignature(message: Message, { input, outputs }: TensorFlowGraph): void {
  const writeInfo = (field: number, name: string, { node, dtype, shape }: GraphValue) =>
    nested(message, field, (entry) => {
      entry.uint32(tag(1, 2)).string(name);
      nested(entry, 2, (info) => {
        info.uint32(tag(1, 2)).string(`${node}:0`).uint32(tag(2, 0)).int32(dtype);
        nested(info, 3, (message) => writeShape(message, shape));
      });
    });
  writeInfo(1, input.node, input);
  for (const [name, output] of Object.entries(outputs)) writeInfo(2, name, output);
  message.uint32(tag(3, 2)).string("tensorflow/serving/predict");
}
