import type { Attribute } from "./attributes.ts";
import { tf } from "./backend.ts";
import { eagerContext } from "./context.ts";
import { AttributeType, DataType } from "./data_type.ts";
import { tensorflow } from "./library.ts";
import type { GraphTensor, Recorder } from "./recorder.ts";
import type { Structure } from "./result_structure.ts";
import { check, cString, status } from "./status.ts";
import { deleteHandle, newHandle } from "./tensor_handle.ts";
import { handleOf } from "./variables.ts";

/** What a traced function takes: tensors, which may differ at every run, and settings, which choose a graph. */
export type GraphArgument = tf.Tensor | number | string | boolean | null;

/** How a graph is compiled. */
export interface GraphOptions {
  /** The function's name in TensorFlow's errors and profiles. Default: the function's own name, or `graph`. */
  name?: string;
  /**
   * `bfloat16` runs convolutions, matrix products and what lies between them in bfloat16; variables, sums of
   * batch normalisation and whatever needs the range stay in float32. The rewrite is oneDNN's: on a GPU it changes
   * nothing. Default: `float32`.
   */
  precision?: "float32" | "bfloat16";
  /** Compiles with XLA. Worth it on GPUs; on CPUs it was measured four times slower. Default: false. */
  xla?: boolean;
}

/** A graph that was traced for one combination of arguments and is ready to run, as `tf.function` calls it. */
export interface ConcreteFunction {
  /** The name of TensorFlow's function. */
  name: string;
  attributes: Attribute[];
  /** How many operations it has. */
  operations: number;
  /** What follows the arguments: variables, whose value is looked up at each run, and handles that never change. */
  captured: (tf.Variable | Deno.PointerObject)[];
  /** Gives the last input, a seed for random numbers, where the graph has one. */
  seed: (() => Int32Array<ArrayBuffer>) | null;
  /** Puts the first outputs into the shape of the function's result. */
  structure: Structure;
  /** The variables that the outputs after the result are assigned to. */
  assigned: tf.Variable[];
  free(): void;
}

let functions = 0;

/** What a trace has recorded of a function. */
export interface Compiled {
  recorder: Recorder;
  /** What the function is called by its author; TensorFlow's name for it ends with a number of its own. */
  name: string;
  inputs: readonly GraphTensor[];
  outputs: readonly GraphTensor[];
  captured: ConcreteFunction["captured"];
}

/** Makes one of TensorFlow's functions out of a recorded graph, to be freed with `free`. */
export function compile(
  { recorder, inputs, outputs, captured, ...named }: Compiled,
  options: GraphOptions,
): Pick<ConcreteFunction, "name" | "attributes" | "operations" | "captured" | "free"> {
  const api = tensorflow();
  const name = `${named.name}_${++functions}`.replace(/\W/g, "_");
  const made = recorder.toFunction(name, inputs, outputs);
  api.TFE_ContextAddFunction(eagerContext(), made, status());
  api.TF_DeleteFunction(made);
  check(name);
  return {
    name,
    attributes: attributesOf(options),
    operations: recorder.operations,
    captured,
    free() {
      api.TFE_ContextRemoveFunction(eagerContext(), cString(name), status());
      check(name);
      for (const handle of captured) if (!(handle instanceof tf.Variable)) deleteHandle(handle);
    },
  };
}

/** Collects a graph's inputs, and frees the seed among them when the work with them is done. */
export function withInputs<T>(
  concrete: ConcreteFunction,
  args: readonly GraphArgument[],
  work: (inputs: Deno.PointerObject[]) => T,
): T {
  const inputs = args.filter((arg) => arg instanceof tf.Tensor).map(handleOf);
  for (const captured of concrete.captured) {
    inputs.push(captured instanceof tf.Variable ? handleOf(captured) : captured);
  }
  if (!concrete.seed) return work(inputs);
  const seed = newHandle([2], DataType.INT32, concrete.seed());
  try {
    // An operation holds its inputs from the moment that they are added to it, so the seed may go at once.
    return work([...inputs, seed]);
  } finally {
    deleteHandle(seed);
  }
}

/**
 * How TensorFlow runs the function: a serialised `ConfigProto` with graph_options (10), rewrite_options (10) and there
 * remapping (14) on, which joins convolutions with the bias, rectifier and addition after them, or
 * auto_mixed_precision_onednn_bfloat16 (31). Without any, TensorFlow does not rewrite functions that run by name.
 */
function attributesOf({ precision, xla }: GraphOptions): Attribute[] {
  const rewrites = precision === "bfloat16" ? [0xf8, 0x01, 0x01] : [0x70, 0x01];
  const value = Uint8Array.of(0x52, rewrites.length + 2, 0x52, rewrites.length, ...rewrites);
  const attributes: Attribute[] = [{ name: "config_proto", type: AttributeType.STRING, value }];
  if (xla) attributes.push({ name: "_XlaMustCompile", type: AttributeType.BOOL, value: true });
  return attributes;
}
