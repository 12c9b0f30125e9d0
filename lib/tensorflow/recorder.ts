import { type Attribute, setAttribute } from "./attributes.ts";
import { AttributeType, DataType } from "./data_type.ts";
import { tensorflow } from "./library.ts";
import { addressOf } from "./memory.ts";
import { inputDefinitions } from "./operation_definitions.ts";
import { check, cString, status } from "./status.ts";
import type { TensorValues } from "./tensor_handle.ts";

/** An output of an operation in a graph: C's `TF_Output`, with what is known of it. */
export interface GraphTensor {
  /** `TF_Output` as it lies in memory: the operation's address and the output's index. */
  output: Uint8Array<ArrayBuffer>;
  /** Sizes by axis; null where TensorFlow can't know them before the graph runs. */
  shape: number[] | null;
  dtype: number;
  /** The operation's name in TensorFlow, such as `Conv2D`. */
  operation: string;
}

/** A graph being recorded. */
export interface Recorder {
  /** How many operations were added, constants and placeholders among them. */
  readonly operations: number;
  /** Adds a placeholder: an input of the function that the graph becomes. */
  placeholder(shape: readonly number[], dtype: number): GraphTensor;
  /** Adds values: as one Fill where all are equal, else as a constant. */
  constant(shape: readonly number[], dtype: number, values: TensorValues): GraphTensor;
  /** Adds an operation; the tensors of an input list follow each other. */
  add(name: string, attributes: readonly Attribute[], inputs: readonly GraphTensor[]): GraphTensor[];
  /** Turns the graph into a TensorFlow function. */
  toFunction(
    name: string,
    inputs: readonly GraphTensor[],
    outputs: readonly GraphTensor[],
  ): Deno.PointerObject;
  /** Frees the graph. */
  close(): void;
}

const OUTPUT_BYTES = 16;

/** Opens an empty graph to record into. */
export function newRecorder(): Recorder {
  const api = tensorflow();
  const graph = api.TF_NewGraph();
  let operations = 0;

  function add(
    name: string,
    attributes: readonly Attribute[],
    inputs: readonly GraphTensor[],
  ): GraphTensor[] {
    const description = api.TF_NewOperation(graph, cString(name), cString(`${name}_${operations++}`));
    let next = 0;
    for (const { list, lengthAttribute } of inputDefinitions(name)) {
      if (!list) {
        const input = inputs[next++];
        if (!input) throw new Error(`${name}: an input is missing`);
        api.TF_AddInput(description, input.output);
        continue;
      }
      const length = lengthOf(lengthAttribute, attributes) ?? inputs.length - next;
      const packed = new Uint8Array(length * OUTPUT_BYTES);
      for (let i = 0; i < length; i++) packed.set(inputs[next++]!.output, i * OUTPUT_BYTES);
      api.TF_AddInputList(description, packed, length);
    }
    for (const attribute of attributes) setAttribute("TF_SetAttr", description, attribute);
    const operation = api.TF_FinishOperation(description, status());
    check(name);
    return Array.from(
      { length: api.TF_OperationNumOutputs(operation) },
      (_, i) => output(name, operation!, i),
    );
  }

  function output(name: string, operation: Deno.PointerObject, index: number): GraphTensor {
    const bytes = new Uint8Array(OUTPUT_BYTES);
    const view = new DataView(bytes.buffer);
    view.setBigUint64(0, addressOf(operation), true);
    view.setInt32(8, index, true);
    return {
      output: bytes,
      shape: shapeOf(bytes),
      dtype: api.TF_OperationOutputType(bytes),
      operation: name,
    };
  }

  function shapeOf(output: Uint8Array<ArrayBuffer>): number[] | null {
    const rank = api.TF_GraphGetTensorNumDims(graph, output, status());
    check("Tensor shape");
    if (rank < 0) return null;
    const dims = new BigInt64Array(rank);
    api.TF_GraphGetTensorShape(graph, output, dims, rank, status());
    check("Tensor shape");
    const shape = Array.from(dims, Number);
    return shape.includes(-1) ? null : shape;
  }

  function placeholder(shape: readonly number[], dtype: number): GraphTensor {
    return add("Placeholder", [
      { name: "dtype", type: AttributeType.TYPE, value: dtype },
      { name: "shape", type: AttributeType.SHAPE, value: [...shape] },
    ], [])[0]!;
  }

  function constant(shape: readonly number[], dtype: number, values: TensorValues): GraphTensor {
    if (values.length > 1 && dtype !== DataType.INT64 && dtype !== DataType.COMPLEX64 && allEqual(values)) {
      const dims = constant([shape.length], DataType.INT32, Int32Array.from(shape));
      return add("Fill", [], [dims, constant([], dtype, values.slice(0, 1) as TensorValues)])[0]!;
    }
    return add("Const", [
      { name: "dtype", type: AttributeType.TYPE, value: dtype },
      { name: "value", type: AttributeType.TENSOR, value: { shape, dtype, values } },
    ], [])[0]!;
  }

  function toFunction(
    name: string,
    inputs: readonly GraphTensor[],
    outputs: readonly GraphTensor[],
  ): Deno.PointerObject {
    const pack = (tensors: readonly GraphTensor[]) => {
      const packed = new Uint8Array(Math.max(tensors.length, 1) * OUTPUT_BYTES);
      tensors.forEach(({ output }, i) => packed.set(output, i * OUTPUT_BYTES));
      return packed;
    };
    const made = api.TF_GraphToFunction(
      graph,
      cString(name),
      0,
      -1,
      null,
      inputs.length,
      pack(inputs),
      outputs.length,
      pack(outputs),
      null,
      null,
      null,
      status(),
    );
    check(name);
    return made!;
  }

  return {
    get operations() {
      return operations;
    },
    placeholder,
    constant,
    add,
    toFunction,
    close: () => api.TF_DeleteGraph(graph),
  };
}

function allEqual(values: TensorValues): boolean {
  if (Array.isArray(values)) return false;
  for (let i = 1; i < values.length; i++) if (!Object.is(values[i], values[0])) return false;
  return true;
}

function lengthOf(attributeName: string | null, attributes: readonly Attribute[]): number | undefined {
  const value = attributes.find(({ name }) => name === attributeName)?.value;
  return Array.isArray(value) ? value.length : typeof value === "number" ? value : undefined;
}
