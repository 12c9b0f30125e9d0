import * as tf from "@tensorflow/tfjs";
import type { Attribute } from "../attributes.ts";
import type { NodeBackend } from "../node_backend.ts";
import { AttributeType, DataType } from "../data_type.ts";

/** How an operation of TensorFlow.js is done with TensorFlow's operations. */
export interface Kernel {
  /** TensorFlow.js' name for the operation. */
  name: string;
  /** Which calls it takes; the others go to the kernel that tfjs-node-gpu has under that name. Default: all. */
  applies?: (call: KernelCall) => boolean;
  /** Does the work. Tensors that it makes on the way are disposed of. */
  work: (call: KernelCall) => tf.Tensor | tf.Tensor[];
  /** Turns TensorFlow's message into that of TensorFlow.js' other backends, where its specs ask for their words. */
  reword?: (message: string) => string;
}

/** A call of a kernel. What inputs and attributes there are follows from TensorFlow.js' `kernel_names`. */
export interface KernelCall {
  // deno-lint-ignore no-explicit-any
  inputs: any;
  // deno-lint-ignore no-explicit-any
  attributes: any;
}

/** Registers kernels for the backend `tensorflow`, in front of those that are registered for it already. */
export function registerKernels(kernels: readonly Kernel[]): void {
  for (const { name, applies = () => true, work, reword } of kernels) {
    const stock = tf.getKernel(name, "tensorflow");
    if (stock) tf.unregisterKernel(name, "tensorflow");
    tf.registerKernel({
      kernelName: name,
      backendName: "tensorflow",
      kernelFunc: (given) => {
        const call = { inputs: given.inputs, attributes: given.attrs };
        if (stock && !applies(call)) return stock.kernelFunc(given);
        try {
          return tf.tidy(() => work(call));
        } catch (error) {
          if (!reword || !(error instanceof Error)) throw error;
          throw new Error(reword(error.message), { cause: error });
        }
      },
    });
  }
}

/** The value of an attribute; whole numbers where nothing says otherwise. */
export type AttributeValue =
  | string
  | boolean
  | number
  | readonly number[]
  | readonly string[]
  | { type: number }
  | { float: number };

/** What an operation is given beside tensors. */
export interface OperationOptions {
  /** Attributes by TensorFlow's names. */
  attributes?: Readonly<Record<string, AttributeValue>>;
  /** The places among the inputs that TensorFlow wants as int64. */
  int64?: readonly number[];
}

/**
 * Runs one of TensorFlow's operations, or records it while a function is traced.
 *
 * @returns Its outputs; int64 is cast to int32, which is what TensorFlow.js has.
 */
export function run(
  operation: string,
  inputs: readonly tf.Tensor[],
  { attributes = {}, int64 = [] }: OperationOptions = {},
): tf.Tensor[] {
  const backend = tf.backend() as NodeBackend;
  const { binding } = backend;
  const made: number[] = [];
  const cast = (id: number, from: number, to: number) => {
    const attributes = Object.entries({ SrcT: from, DstT: to })
      .map(([name, value]) => ({ name, type: AttributeType.TYPE, value }));
    return binding.executeOp("Cast", attributes, [id], 1)[0]!;
  };
  try {
    const ids = backend.getInputTensorIds(inputs).map((id, place) => {
      if (!int64.includes(place)) return id;
      made.push(cast(id, DataType.INT32, DataType.INT64).id);
      return made.at(-1)!;
    });
    const outputs = binding.executeOp(operation, Object.entries(attributes).map(attribute), ids, 0);
    return outputs.map((output) => {
      if (output.dtype !== DataType.INT64) return backend.createOutputTensor(output);
      made.push(output.id);
      return backend.createOutputTensor(cast(output.id, DataType.INT64, DataType.INT32));
    });
  } finally {
    for (const id of made) binding.deleteTensor(id);
  }
}

/** Does what {@linkcode run} does, for an operation with one output. */
export function runOne(
  operation: string,
  inputs: readonly tf.Tensor[],
  options: OperationOptions = {},
): tf.Tensor {
  return run(operation, inputs, options)[0]!;
}

/** A TYPE attribute with a tensor's data type. */
export function typeOf({ dtype }: { dtype: tf.DataType }): { type: number } {
  return { type: DATA_TYPES[dtype] };
}

const DATA_TYPES: Record<tf.DataType, number> = {
  float32: DataType.FLOAT,
  int32: DataType.INT32,
  bool: DataType.BOOL,
  complex64: DataType.COMPLEX64,
  string: DataType.STRING,
};

function attribute([name, value]: [string, AttributeValue]): Attribute {
  if (typeof value === "object" && "type" in value) {
    return { name, type: AttributeType.TYPE, value: value.type };
  }
  if (typeof value === "object" && "float" in value) {
    return { name, type: AttributeType.FLOAT, value: value.float };
  }
  const sample = Array.isArray(value) ? value[0] : value;
  const type = typeof sample === "string"
    ? AttributeType.STRING
    : typeof sample === "boolean"
    ? AttributeType.BOOL
    : AttributeType.INT;
  return { name, type, value };
}
