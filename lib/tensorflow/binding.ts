import type { Attribute } from "./attributes.ts";
import { hasGpu, libraryVersion } from "./context.ts";
import { AttributeType, DataType } from "./data_type.ts";
import { execute } from "./eager.ts";
import type { GraphTensor, Recorder } from "./recorder.ts";
import { refuseAborts } from "./refuse_aborts.ts";
import { closeSavedModel, openSavedModel, runSavedModel, type SavedModelSession } from "./saved_model.ts";
import { deleteHandle, describeHandle, newHandle, readHandle, type TensorValues } from "./tensor_handle.ts";

/** What TensorFlow.js' node backend knows of a tensor: our number for it, its shape and {@linkcode DataType}. */
export interface TensorMetadata {
  id: number;
  shape: number[];
  dtype: number;
}

/** A tensor behind an id, in one of its three states. */
type StoredTensor =
  & { readonly shape: readonly number[]; readonly dtype: number }
  & (ComputedTensor | ValueTensor | SymbolicTensor);

/** A tensor that exists in TensorFlow. */
interface ComputedTensor {
  state: "computed";
  handle: Deno.PointerObject;
}

/** Values that a function being traced made: a constant of its graph once that needs it, or else still to be copied to TensorFlow. */
interface ValueTensor {
  state: "values";
  values: TensorValues;
  trace: Trace;
  node: GraphTensor | null;
}

/** A tensor that exists only in a graph, until that runs. */
interface SymbolicTensor {
  state: "symbolic";
  node: GraphTensor;
  trace: Trace;
}

/** A function being traced: its graph, and the tensors from outside that it turned out to need. */
export interface Trace {
  recorder: Recorder;
  /** Tensors from outside, by id, with the placeholder that each became. */
  captured: Map<number, GraphTensor>;
  /** Ids whose tensors are to be freed when the trace ends. */
  deleted: number[];
  /** The input that random operations take their seed from, once there is one. */
  seed: GraphTensor | null;
  /** How many random operations there are. */
  draws: number;
}

/** Told of each operation that has run: TensorFlow's name for it, its attributes and the ids of its tensors. */
export type OperationListener = (operation: {
  name: string;
  attributes: readonly Attribute[];
  inputs: readonly number[];
  outputs: readonly TensorMetadata[];
}) => void;

/** Values up to this count become constants of a graph; larger ones are inputs that it holds by reference. */
const MOST_CONSTANT_VALUES = 4096;

/** The interface that TensorFlow.js' node backend talks to, over TensorFlow's C API. */
export class Binding {
  readonly TF_FLOAT = DataType.FLOAT;
  readonly TF_INT32 = DataType.INT32;
  readonly TF_INT64 = DataType.INT64;
  readonly TF_BOOL = DataType.BOOL;
  readonly TF_COMPLEX64 = DataType.COMPLEX64;
  readonly TF_STRING = DataType.STRING;
  readonly TF_RESOURCE = DataType.RESOURCE;
  readonly TF_UINT8 = DataType.UINT8;
  readonly TF_ATTR_STRING = AttributeType.STRING;
  readonly TF_ATTR_INT = AttributeType.INT;
  readonly TF_ATTR_FLOAT = AttributeType.FLOAT;
  readonly TF_ATTR_BOOL = AttributeType.BOOL;
  readonly TF_ATTR_TYPE = AttributeType.TYPE;
  readonly TF_ATTR_SHAPE = AttributeType.SHAPE;
  readonly TF_ATTR_RESOURCE = AttributeType.TENSOR;

  #tensors = new Map<number, StoredTensor>();
  #nextId = 1;
  #trace: Trace | null = null;
  #savedModels = new Map<number, SavedModelSession>();
  #listener: OperationListener | null = null;

  /** The library's version, such as `2.21.0`. */
  get TF_Version(): string {
    return libraryVersion();
  }

  /** Keeps values as a tensor. They reach TensorFlow when an operation needs them. */
  createTensor(shape: number[], dtype: number, values: TensorValues): number {
    if (this.#trace) {
      return this.#store({ state: "values", shape, dtype, values, node: null, trace: this.#trace });
    }
    return this.#store({ state: "computed", shape, dtype, handle: newHandle(shape, dtype, values) });
  }

  /** Frees a tensor; one from outside a function being traced is kept until the trace has ended. */
  deleteTensor(id: number): void {
    const tensor = this.#tensors.get(id);
    if (!tensor) return;
    if (this.#trace && (tensor.state === "computed" || tensor.trace !== this.#trace)) {
      this.#trace.deleted.push(id);
      return;
    }
    this.#tensors.delete(id);
    if (tensor.state === "computed") deleteHandle(tensor.handle);
  }

  /**
   * Copies a tensor's values to JavaScript.
   *
   * @throws {Error} While a function is traced, for a tensor that only its graph will compute; the message names
   * the operation and the place.
   */
  tensorDataSync(id: number): TensorValues {
    const tensor = this.#find(id);
    if (tensor.state === "symbolic") {
      throw new Error(
        `The values of ${tensor.node.operation} do not exist while a function is being traced, only when its ` +
          `graph runs: dataSync, arraySync and data cannot be called in it${callerPlace()}`,
      );
    }
    return tensor.state === "values" ? tensor.values : readHandle(tensor.handle);
  }

  /** Runs an operation, or records it while a function is traced. */
  executeOp(name: string, attributes: Attribute[], inputs: number[], outputs: number): TensorMetadata[] {
    if (!Number.isInteger(outputs)) throw new Error(`${name}: ${outputs} is no number of outputs`);
    refuseAborts(name, attributes, () => inputs.map((id) => this.#find(id).shape));
    if (this.#trace) {
      const trace = this.#trace;
      const nodes = trace.recorder.add(name, attributes, inputs.map((id) => this.graphTensor(id)));
      return nodes.map((node) => this.addNode(node));
    }
    const made = execute(name, attributes, inputs.map((id) => this.handle(id))).map((handle) =>
      this.addHandle(handle)
    );
    this.#listener?.({ name, attributes, inputs, outputs: made });
    return made;
  }

  /** Takes a handle into the table; it is then freed by {@linkcode deleteTensor}. */
  addHandle(handle: Deno.PointerObject): TensorMetadata {
    const { shape, dtype } = describeHandle(handle);
    return { id: this.#store({ state: "computed", shape, dtype, handle }), shape, dtype };
  }

  /**
   * Takes a tensor of the graph being recorded into the table. The unknown shape of batch normalisation's reserved
   * space, which is only handed on to its gradient, is reported as `[]`.
   *
   * @throws {Error} For any other shape that TensorFlow can know only when the graph runs.
   */
  addNode(node: GraphTensor): TensorMetadata {
    const { dtype, operation } = node;
    if (node.shape === null && !operation.startsWith("FusedBatchNorm")) {
      throw new Error(
        `${operation}: the size of its result depends on values, which do not exist while a function is being ` +
          `traced${callerPlace()}`,
      );
    }
    const shape = node.shape ?? [];
    const id = this.#store({ state: "symbolic", shape, dtype, node, trace: this.#trace! });
    return { id, shape, dtype };
  }

  /** The {@linkcode DataType} of a tensor. */
  dtype(id: number): number {
    return this.#find(id).dtype;
  }

  /** The TensorFlow handle of a tensor that exists outside of graphs. */
  handle(id: number): Deno.PointerObject {
    const tensor = this.#find(id);
    if (tensor.state === "symbolic") {
      throw new Error(
        `A tensor made while a function was traced (by ${tensor.node.operation}) was used outside of it`,
      );
    }
    if (tensor.state === "computed") return tensor.handle;
    const { shape, dtype, values } = tensor;
    const handle = newHandle(shape, dtype, values);
    this.#tensors.set(id, { state: "computed", shape, dtype, handle });
    return handle;
  }

  /** The tensor of the graph being recorded that stands for a tensor: itself, a constant or a captured input. */
  graphTensor(id: number): GraphTensor {
    const trace = this.#trace!;
    const tensor = this.#find(id);
    if (tensor.state !== "computed" && tensor.trace === trace && tensor.node) return tensor.node;
    const known = trace.captured.get(id);
    if (known) return known;
    if (tensor.state === "values" && tensor.trace === trace) {
      const { shape, dtype, values } = tensor;
      if (values.length <= MOST_CONSTANT_VALUES || uniform(values)) {
        return tensor.node = trace.recorder.constant(shape, dtype, values);
      }
    }
    this.handle(id);
    const placeholder = trace.recorder.placeholder(tensor.shape, tensor.dtype);
    trace.captured.set(id, placeholder);
    return placeholder;
  }

  /** The trace under way, if any. */
  get trace(): Trace | null {
    return this.#trace;
  }

  /** Starts recording what {@linkcode executeOp} is asked for. */
  startTrace(recorder: Recorder): Trace {
    return this.#trace = { recorder, captured: new Map(), deleted: [], seed: null, draws: 0 };
  }

  /** Ends recording. What was deleted meanwhile is freed by {@linkcode freeDeleted}. */
  endTrace(): void {
    this.#trace = null;
  }

  /** Frees the tensors from outside that were deleted while a function was traced. */
  freeDeleted(trace: Trace): void {
    for (const id of trace.deleted) this.deleteTensor(id);
    trace.deleted = [];
  }

  /** Has a listener told of the operations that run while some work is done; those of traces run later. */
  whileListening<T>(listener: OperationListener, work: () => T): T {
    const before = this.#listener;
    this.#listener = listener;
    try {
      return work();
    } finally {
      this.#listener = before;
    }
  }

  /** The shape of a tensor. */
  shape(id: number): readonly number[] {
    return this.#find(id).shape;
  }

  /** Loads a saved model's graph with the given tags (comma-separated) into a session. */
  loadSavedModel(folder: string, tags: string): number {
    const id = this.#nextId++;
    this.#savedModels.set(id, openSavedModel(folder, tags));
    return id;
  }

  /** Frees a saved model. */
  deleteSavedModel(id: number): void {
    const model = this.#savedModels.get(id);
    if (!model) throw new Error(`There is no saved model ${id}`);
    this.#savedModels.delete(id);
    closeSavedModel(model);
  }

  /** Runs a saved model; the names are comma-separated, such as `serving_default_x:0`. */
  runSavedModel(id: number, inputs: number[], inputNames: string, outputNames: string): TensorMetadata[] {
    const model = this.#savedModels.get(id);
    if (!model) throw new Error(`There is no saved model ${id}`);
    const names = inputNames.split(",");
    if (names.length !== inputs.length) {
      throw new Error(
        `Length of input op names (${names.length}) does not match the length of input tensors (${inputs.length}).`,
      );
    }
    return runSavedModel(model, {
      inputs: inputs.map((input) => this.handle(input)),
      inputNames: names,
      outputNames: outputNames.split(","),
    }).map((handle) => this.addHandle(handle));
  }

  /** How many saved models are loaded. */
  getNumOfSavedModels(): number {
    return this.#savedModels.size;
  }

  /** How many tensors are alive. */
  getNumOfTensors(): number {
    return this.#tensors.size;
  }

  /** Whether TensorFlow sees a GPU. */
  isUsingGpuDevice(): boolean {
    return hasGpu();
  }

  #store(tensor: StoredTensor): number {
    const id = this.#nextId++;
    this.#tensors.set(id, tensor);
    return id;
  }

  #find(id: number): StoredTensor {
    const tensor = this.#tensors.get(id);
    if (!tensor) throw new Error(`There is no tensor ${id}: it was disposed of`);
    return tensor;
  }
}

function uniform(values: TensorValues): boolean {
  if (Array.isArray(values)) return false;
  for (let i = 1; i < values.length; i++) if (!Object.is(values[i], values[0])) return false;
  return true;
}

function callerPlace(): string {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 100;
  const frames = new Error().stack?.split("\n").slice(1) ?? [];
  Error.stackTraceLimit = limit;
  const foreign = frames.filter((line) => !/\/node_modules\/|\/lib\/tensorflow\//.test(line));
  const [place] = foreign.flatMap((line) => line.match(/[^/\s(]+:\d+:\d+/) ?? []);
  return place ? ` (at ${place})` : "";
}
