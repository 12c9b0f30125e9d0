import protobuf from "protobufjs/minimal.js";
import { type Attribute, setAttribute } from "./attributes.ts";
import { contextConfig, eagerContext } from "./context.ts";
import { AttributeType } from "./data_type.ts";
import { tensorflow } from "./library.ts";
import { addressOf, pointerTo, readBuffer } from "./memory.ts";
import { check, cString, status } from "./status.ts";

/** When an operation ran, as TensorFlow tells it. */
export interface OperationRun {
  /** TensorFlow's name for the operation, such as `MatMul`; oneDNN's have that of what they take the place of. */
  operation: string;
  /** Its name in the graph. */
  name: string;
  /** The device that it ran on, such as `/job:localhost/replica:0/task:0/device:CPU:0`. */
  device: string;
  /** The number of its thread. */
  thread: number;
  /** In microseconds since 1970. */
  start: number;
  microseconds: number;
}

/** A function of the context in a session, which tells the times of its operations where the eager runtime does not. */
export interface TracedSession {
  /** Runs the function: new handles of its outputs, and what ran. */
  run(inputs: readonly Deno.PointerObject[]): { outputs: Deno.PointerObject[]; runs: OperationRun[] };
  /** Frees the session. */
  close(): void;
}

const OUTPUT_BYTES = 16;

/** A serialised `RunOptions`: trace_level (1) FULL_TRACE (3). */
const FULL_TRACE = Uint8Array.of(0x08, 0x03);

/**
 * Puts a function that was added to the eager context into a session of its own.
 *
 * @param name The function's name.
 * @param attributes Those that it is run with; the session rewrites it as their `config_proto` says.
 * @param inputs Tensor handles like those that it will be given.
 */
export function openTracedSession(
  name: string,
  attributes: readonly Attribute[],
  inputs: readonly Deno.PointerObject[],
): TracedSession {
  const api = tensorflow();
  const graph = api.TF_NewGraph()!;
  const options = api.TF_NewSessionOptions();
  try {
    copyFunction(graph, name);
    const placeholders = inputs.map((input, i) => {
      const placeholder = api.TF_NewOperation(graph, cString("Placeholder"), cString(`input_${i}`));
      const value = api.TFE_TensorHandleDataType(input);
      setAttribute("TF_SetAttr", placeholder, { name: "dtype", type: AttributeType.TYPE, value });
      const made = api.TF_FinishOperation(placeholder, status());
      check(name);
      return output(made, 0);
    });
    const call = api.TF_NewOperation(graph, cString(name), cString("call"));
    for (const placeholder of placeholders) api.TF_AddInput(call, placeholder);
    const called = api.TF_FinishOperation(call, status());
    check(name);
    const outputs = Array.from({ length: api.TF_OperationNumOutputs(called) }, (_, i) => output(called, i));
    const rewriting = attributes.find(({ name }) => name === "config_proto")!.value as Uint8Array;
    const config = Uint8Array.of(...contextConfig(), ...rewriting);
    api.TF_SetConfig(options, config, BigInt(config.length), status());
    check(name);
    const session = api.TF_NewSession(graph, options, status());
    check(name);
    return {
      run: (given) => runSession(session, { name, inputs: placeholders, outputs, given }),
      close() {
        api.TF_CloseSession(session, status());
        api.TF_DeleteSession(session, status());
        api.TF_DeleteGraph(graph);
        check(name);
      },
    };
  } catch (error) {
    api.TF_DeleteGraph(graph);
    throw error;
  } finally {
    api.TF_DeleteSessionOptions(options);
  }
}

/** Copies a function of the eager context into a graph. */
function copyFunction(graph: Deno.PointerValue, name: string): void {
  const api = tensorflow();
  const buffer = api.TF_NewBuffer()!;
  api.TFE_ContextGetFunctionDef(eagerContext(), cString(name), buffer, status());
  const definition = readBuffer(buffer);
  api.TF_DeleteBuffer(buffer);
  check(name);
  const made = api.TF_FunctionImportFunctionDef(definition, BigInt(definition.length), status());
  check(name);
  api.TF_GraphCopyFunction(graph, made, null, status());
  api.TF_DeleteFunction(made);
  check(name);
}

function runSession(session: Deno.PointerValue, { name, inputs, outputs, given }: {
  name: string;
  inputs: readonly Uint8Array<ArrayBuffer>[];
  outputs: readonly Uint8Array<ArrayBuffer>[];
  given: readonly Deno.PointerObject[];
}): ReturnType<TracedSession["run"]> {
  const api = tensorflow();
  const tensors = given.map((handle) => {
    const tensor = api.TFE_TensorHandleResolve(handle, status());
    check(name);
    return tensor;
  });
  const values = new BigUint64Array(Math.max(outputs.length, 1));
  const options = api.TF_NewBufferFromString(FULL_TRACE, BigInt(FULL_TRACE.length));
  const metadata = api.TF_NewBuffer()!;
  api.TF_SessionRun(
    session,
    options,
    packed(inputs),
    BigUint64Array.from(tensors, addressOf),
    inputs.length,
    packed(outputs),
    values,
    outputs.length,
    null,
    0,
    metadata,
    status(),
  );
  for (const tensor of tensors) api.TF_DeleteTensor(tensor);
  const told = readBuffer(metadata);
  api.TF_DeleteBuffer(options);
  api.TF_DeleteBuffer(metadata);
  check(name);
  const handles = outputs.map((_, i) => {
    const tensor = pointerTo(values[i]!);
    const handle = api.TFE_NewTensorHandle(tensor, status());
    api.TF_DeleteTensor(tensor);
    check(name);
    return handle!;
  });
  return { outputs: handles, runs: operationRuns(told) };
}

/** A `TF_Output` as it lies in memory. */
function output(operation: Deno.PointerValue, index: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(OUTPUT_BYTES);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, addressOf(operation), true);
  view.setInt32(8, index, true);
  return bytes;
}

function packed(outputs: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(Math.max(outputs.length, 1) * OUTPUT_BYTES);
  outputs.forEach((output, i) => bytes.set(output, i * OUTPUT_BYTES));
  return bytes;
}

/** What ran, by a `RunMetadata`: step_stats (1), dev_stats (1), node_stats (2) (`step_stats.proto`). */
function operationRuns(metadata: Uint8Array): OperationRun[] {
  const runs: OperationRun[] = [];
  for (const stepStats of fieldsOf(metadata).get(1) ?? []) {
    for (const deviceStats of fieldsOf(stepStats as Uint8Array).get(1) ?? []) {
      const device = fieldsOf(deviceStats as Uint8Array);
      const [deviceName] = device.get(1) as Uint8Array[];
      for (const nodeStats of device.get(2) ?? []) {
        const node = fieldsOf(nodeStats as Uint8Array);
        const text = (field: number) => decoder.decode(node.get(field)?.[0] as Uint8Array | undefined);
        const number = (field: number) => (node.get(field)?.[0] ?? 0) as number;
        // timeline_label: `name = Operation(inputs)`
        const operation = /^.*? = (\w+)\(/s.exec(text(8))?.[1] ?? text(1);
        if (operation === "NoOp") continue; // Where a graph begins and ends.
        runs.push({
          operation: operation.replace(/^_Mkl(?:Native)?(Fused)?/, (_, fused) => fused ? "_Fused" : ""),
          name: text(1),
          device: decoder.decode(deviceName),
          thread: number(10),
          start: number(2) + number(14) / 1000, // all_start_micros and op_start_rel_nanos
          microseconds: (number(15) - number(14)) / 1000, // op_end_rel_nanos
        });
      }
    }
  }
  return runs;
}

const decoder = new TextDecoder();

/** The fields of a protobuf message by number: numbers as they are, all else as bytes. */
function fieldsOf(message: Uint8Array): Map<number, (number | Uint8Array)[]> {
  const reader = protobuf.Reader.create(message);
  const fields = new Map<number, (number | Uint8Array)[]>();
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    const [field, wire] = [tag >>> 3, tag & 7];
    if (wire !== 0 && wire !== 2) {
      reader.skipType(wire);
      continue;
    }
    const value = wire === 0 ? Number(reader.int64()) : reader.bytes();
    const values = fields.get(field) ?? [];
    values.push(value);
    fields.set(field, values);
  }
  return fields;
}
