import { execute } from "../../lib/tensorflow/eager.ts";
import { eagerContext } from "../../lib/tensorflow/context.ts";
import { tf } from "../../lib/tensorflow/backend.ts";
import type { Binding } from "../../lib/tensorflow/binding.ts";
import { tensorflow } from "../../lib/tensorflow/library.ts";
import { newRecorder, type Recorder } from "../../lib/tensorflow/recorder.ts";
import { check, cString, status } from "../../lib/tensorflow/status.ts";
import {
  deleteHandle,
  describeHandle,
  newHandle,
  readHandle,
  type TensorValues,
} from "../../lib/tensorflow/tensor_handle.ts";

/** What is called around each spec. */
export interface Tracing {
  /** Starts recording. */
  before(): void;
  /** Ends recording and frees the graph. */
  after(): void;
}

/**
 * Lets a backend record every operation as a graph, as a traced function does, and run the graph so far when a spec
 * reads a value; kernels may read none. Beside it every operation is also run at once: shapes and types inferred
 * while recording, and all values that are read, have to equal those.
 *
 * @throws {Error} From the operation or the reading where they differ.
 */
export function traceOperations(binding: Binding): Tracing {
  const twins = new Map<number, Deno.PointerObject>();
  let recorder: Recorder | null = null;
  const { createTensor, executeOp, deleteTensor, tensorDataSync } = bound(binding);
  let functions = 0;

  binding.createTensor = (shape, dtype, values) => {
    const id = createTensor(shape, dtype, values);
    if (recorder) twins.set(id, newHandle(shape, dtype, values));
    return id;
  };

  binding.executeOp = (name, attributes, inputs, outputs) => {
    if (!recorder) return executeOp(name, attributes, inputs, outputs);
    const handles = execute(name, attributes, inputs.map((id) => twins.get(id) ?? binding.handle(id)));
    const recorded = executeOp(name, attributes, inputs, outputs);
    if (recorded.length !== handles.length) {
      throw new Error(`${name}: ${recorded.length} outputs were recorded, and ${handles.length} came out`);
    }
    recorded.forEach(({ id, shape, dtype }, i) => {
      twins.set(id, handles[i]!);
      const actual = describeHandle(handles[i]!);
      if (`${actual.shape}` !== `${shape}` || actual.dtype !== dtype) {
        throw new Error(
          `${name}: output ${i} was recorded as type ${dtype}, shape [${shape}], and is of type ` +
            `${actual.dtype}, shape [${actual.shape}]`,
        );
      }
    });
    return recorded;
  };

  binding.deleteTensor = (id) => {
    const twin = twins.get(id);
    if (twin) deleteHandle(twin);
    twins.delete(id);
    deleteTensor(id);
  };

  binding.tensorDataSync = (id) => {
    const twin = twins.get(id);
    if (!recorder || !twin) return tensorDataSync(id);
    const node = binding.graphTensor(id);
    if (tf.engine().state.kernelDepth > 0) {
      throw new Error(
        `A kernel reads the values of ${node.operation}, which a traced function does not have`,
      );
    }
    const values = runGraph(node);
    const expected = readHandle(twin);
    const difference = firstDifference(values, expected);
    if (difference !== null) {
      throw new Error(
        `${node.operation}: value ${difference} of the graph is ${values[difference]}, and ` +
          `${expected[difference]} where operations are run at once`,
      );
    }
    return values;
  };

  function runGraph(node: ReturnType<Binding["graphTensor"]>): TensorValues {
    const api = tensorflow();
    const name = `conformance_${++functions}`;
    const captured = [...binding.trace!.captured];
    const made = recorder!.toFunction(name, captured.map(([, input]) => input), [node]);
    api.TFE_ContextAddFunction(eagerContext(), made, status());
    api.TF_DeleteFunction(made);
    check(name);
    const [output] = execute(name, [], captured.map(([id]) => binding.handle(id)));
    const values = readHandle(output!);
    deleteHandle(output!);
    api.TFE_ContextRemoveFunction(eagerContext(), cString(name), status());
    check(name);
    return values;
  }

  return {
    before() {
      recorder = newRecorder();
      binding.startTrace(recorder);
    },
    after() {
      const trace = binding.trace!;
      binding.endTrace();
      binding.freeDeleted(trace);
      recorder!.close();
      recorder = null;
    },
  };
}

function bound(
  binding: Binding,
): Pick<Binding, "createTensor" | "executeOp" | "deleteTensor" | "tensorDataSync"> {
  return {
    createTensor: binding.createTensor.bind(binding),
    executeOp: binding.executeOp.bind(binding),
    deleteTensor: binding.deleteTensor.bind(binding),
    tensorDataSync: binding.tensorDataSync.bind(binding),
  };
}

/** How far floating-point values may lie apart, in relation to the larger one or to 1: graphs fuse operations. */
const TOLERANCE = 1e-5;

/** The place of the first value that differs, or null. */
function firstDifference(a: TensorValues, b: TensorValues): number | null {
  for (let i = 0; i < Math.max(a.length, b.length); i++) if (!isClose(a[i], b[i])) return i;
  return null;
}

function isClose(a: TensorValues[number] | undefined, b: TensorValues[number] | undefined): boolean {
  if (typeof a === "number" && typeof b === "number") {
    return Object.is(a, b) || Math.abs(a - b) <= TOLERANCE * Math.max(1, Math.abs(a), Math.abs(b)) || a === b;
  }
  return String(a) === String(b);
}
