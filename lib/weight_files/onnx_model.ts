import { type Message, messageBytes, nested, tag } from "../support/protobuf.ts";
import { bytesOf, type Dtype, type StoredTensor } from "./stored_tensor.ts";

/** The version of the operators that a model is written for. */
export const ONNX_OPSET = 17;

/** The version of the format that goes with it (ONNX 1.12). */
const IR_VERSION = 8;

/** ONNX' numbers for types of elements (`TensorProto.DataType`). */
const ELEMENT_TYPES: Readonly<Partial<Record<Dtype, number>>> = { F32: 1, U8: 2, I32: 6, I64: 7 };

/** An operation of an ONNX graph. */
export interface OnnxNode {
  /** The operator, such as `Conv`. */
  operator: string;
  /** Names of tensors: those of the graph's inputs, its constants and other nodes' outputs. */
  inputs: readonly string[];
  outputs: readonly string[];
  /** Integers, floats (as `{ float }`) and lists of integers by name. */
  attributes?: Readonly<Record<string, number | { float: number } | readonly number[]>>;
}

/** A tensor that a model takes or returns. */
export interface OnnxValue {
  name: string;
  dtype: Dtype;
  /** Sizes; a text names one that is free. */
  shape: readonly (number | string)[];
}

/** What an ONNX model consists of. */
export interface OnnxModel {
  name: string;
  /** In an order in which they can run. */
  nodes: readonly OnnxNode[];
  /** The constants by name. */
  constants: ReadonlyMap<string, StoredTensor>;
  inputs: readonly OnnxValue[];
  outputs: readonly OnnxValue[];
  /** Texts that go with it (`metadata_props`). */
  metadata: Readonly<Record<string, string>>;
  /** What it is, for people. */
  description: string;
}

/**
 * A model as an ONNX file (https://onnx.ai/onnx/repo-docs/IR.html). The same model gives the same bytes.
 *
 * @throws {RangeError} For a type of elements that ONNX has no number for here.
 */
export function onnxFile(model: OnnxModel): Uint8Array<ArrayBuffer> {
  return messageBytes((file) => {
    file.uint32(tag(1, 0)).int64(IR_VERSION).uint32(tag(2, 2)).string("Thorax");
    file.uint32(tag(6, 2)).string(model.description);
    nested(file, 7, (graph) => writeGraph(graph, model));
    nested(file, 8, (opset) => opset.uint32(tag(1, 2)).string("").uint32(tag(2, 0)).int64(ONNX_OPSET));
    for (const [key, value] of Object.entries(model.metadata)) {
      nested(file, 14, (entry) => entry.uint32(tag(1, 2)).string(key).uint32(tag(2, 2)).string(value));
    }
  });
}

function writeGraph(graph: Message, { name, nodes, constants, inputs, outputs }: OnnxModel): void {
  nodes.forEach((node, i) => nested(graph, 1, (written) => writeNode(written, node, i)));
  graph.uint32(tag(2, 2)).string(name);
  for (const [name, tensor] of constants) {
    nested(graph, 5, (written) => {
      for (const size of tensor.shape) written.uint32(tag(1, 0)).int64(size);
      written.uint32(tag(2, 0)).int32(elementType(tensor.dtype));
      written.uint32(tag(8, 2)).string(name).uint32(tag(9, 2)).bytes(bytesOf(tensor));
    });
  }
  for (const input of inputs) nested(graph, 11, (written) => writeValue(written, input));
  for (const output of outputs) nested(graph, 12, (written) => writeValue(written, output));
}

function writeNode(
  written: Message,
  { operator, inputs, outputs, attributes = {} }: OnnxNode,
  index: number,
): void {
  for (const input of inputs) written.uint32(tag(1, 2)).string(input);
  for (const output of outputs) written.uint32(tag(2, 2)).string(output);
  written.uint32(tag(3, 2)).string(`${operator}_${index}`).uint32(tag(4, 2)).string(operator);
  for (const [name, value] of Object.entries(attributes)) {
    nested(written, 5, (attribute) => {
      attribute.uint32(tag(1, 2)).string(name);
      if (typeof value === "number") attribute.uint32(tag(3, 0)).int64(value).uint32(tag(20, 0)).int32(2);
      else if ("float" in value) {
        attribute.uint32(tag(2, 5)).float(value.float).uint32(tag(20, 0)).int32(1);
      } else {
        for (const each of value) attribute.uint32(tag(8, 0)).int64(each);
        attribute.uint32(tag(20, 0)).int32(7);
      }
    });
  }
}

function writeValue(written: Message, { name, dtype, shape }: OnnxValue): void {
  written.uint32(tag(1, 2)).string(name);
  nested(written, 2, (type) =>
    nested(type, 1, (tensor) => {
      tensor.uint32(tag(1, 0)).int32(elementType(dtype));
      nested(tensor, 2, (dims) => {
        for (const size of shape) {
          nested(dims, 1, (dim) => {
            if (typeof size === "number") dim.uint32(tag(1, 0)).int64(size);
            else dim.uint32(tag(2, 2)).string(size);
          });
        }
      });
    }));
}

function elementType(dtype: Dtype): number {
  const type = ELEMENT_TYPES[dtype];
  if (type === undefined) throw new RangeError(`${dtype} cannot be written to an ONNX file`);
  return type;
}
