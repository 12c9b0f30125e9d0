/**
 * Traced graphs: a function over TensorFlow.js tensors is run once to record what it does as a TensorFlow graph,
 * and from then on the whole graph runs as one TensorFlow call.
 *
 * @example
 * ```ts
 * import { graph, tf } from "./mod.ts";
 *
 * const weight = tf.variable(tf.scalar(3));
 * const step = graph((x: tf.Tensor) => {
 *   const { value, grads } = tf.variableGrads(() => tf.mean(tf.square(tf.mul(x, weight))) as tf.Scalar);
 *   weight.assign(tf.sub(weight, tf.mul(0.1, grads[weight.name]!)));
 *   return value;
 * });
 * const loss = step(tf.tensor1d([1, 2]));
 * ```
 *
 * What tracing means for the function:
 * - it runs once for each combination of its arguments' shapes and types (and values of arguments that are not
 *   tensors); its other effects, such as a `console.log`, happen then and never again
 * - tensors from outside are captured by reference; variables are read, and assigned, anew at every run
 * - tensors that it makes are operations of the graph; only small values become constants
 * - inside another traced function, or one whose gradient is taken, it becomes part of that
 * - a new combination is traced anew, which takes as long as the first call: with `THORAX_LOG=retrace` in the
 *   environment each trace is printed with the argument that made it necessary, and `stats()` counts them
 * - it cannot read values (`dataSync`, `arraySync`, `data`): that is an error which names the operation
 * - numbers that TensorFlow.js draws in JavaScript (`tf.randomUniform`, `tf.dropout`) would be frozen into the graph,
 *   so that is an error too: {@linkcode ./random.ts} has their equals
 *
 * @module
 */
import { AttributeType, DataType } from "./data_type.ts";
import { backend, binding, tf } from "./backend.ts";
import type { Attribute } from "./attributes.ts";
import type { Trace } from "./binding.ts";
import { execute, executeOffThread } from "./eager.ts";
import { eagerContext } from "./context.ts";
import { tensorflow } from "./library.ts";
import { type GraphTensor, newRecorder, type Recorder } from "./recorder.ts";
import { nextFirstValueSeed, nextSeed, withoutJavaScriptRandomness } from "./random.ts";
import { check, cString, status } from "./status.ts";
import { deleteHandle, newHandle, shareHandle } from "./tensor_handle.ts";

/** What a traced function takes: tensors, which may differ at every run, and settings, which choose a graph. */
export type GraphArgument = tf.Tensor | number | string | boolean | null;

/** What a traced function gives: a tensor, several by place or by name, or nothing. */
export type GraphResult = tf.Tensor | readonly tf.Tensor[] | Readonly<Record<string, tf.Tensor>> | void;

/** How a graph is compiled. */
export interface GraphOptions {
  /** The function's name in TensorFlow's errors and profiles. Default: the function's own name, or `graph`. */
  name?: string;
  /**
   * `bfloat16` runs convolutions, matrix products and what lies between them in bfloat16; variables, sums of
   * batch normalisation and whatever needs the range stay in float32. Default: `float32`.
   */
  precision?: "float32" | "bfloat16";
  /** Compiles with XLA. Worth it on GPUs; on CPUs it was measured four times slower. Default: false. */
  xla?: boolean;
}

/** A traced function. */
export interface Graph<Arguments extends GraphArgument[], Result extends GraphResult> {
  /** Runs the graph and waits for it. */
  (...args: Arguments): Result;
  /**
   * Runs the graph on another thread; JavaScript goes on meanwhile. Runs of a graph that assigns variables follow each
   * other, others go side by side.
   */
  run(...args: Arguments): Promise<Result>;
  /** How many graphs were recorded so far: one for each combination of shapes, types and settings. */
  readonly traces: number;
  /** What was recorded so far, and how often it ran. */
  stats(): GraphStats;
  /** Frees the graphs and what they hold. */
  dispose(): void;
}

/** What a traced function cost so far. */
export interface GraphStats {
  /** How many graphs were recorded. */
  traces: number;
  /** How long recording them took, in milliseconds; their first run, in which TensorFlow compiles them, not included. */
  tracingMilliseconds: number;
  /** How many operations the graphs have in all, as recorded: TensorFlow joins some of them when it compiles. */
  operations: number;
  /** How often a graph ran. */
  runs: number;
}

/** A recorded graph, ready to run. */
interface Recorded {
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

/** Makes a traced function out of a function over tensors; see the module's text for what that asks of it. */
export function graph<Arguments extends GraphArgument[], Result extends GraphResult>(
  traced: (...args: Arguments) => Result,
  options: GraphOptions = {},
): Graph<Arguments, Result> {
  const known = new Map<string, Recorded>();
  const stats: GraphStats = { traces: 0, tracingMilliseconds: 0, operations: 0, runs: 0 };
  let last: Promise<void> | null = null;
  let lastDescribed: string[] | null = null;

  function find(args: Arguments): Recorded {
    const described = args.map(describeArgument);
    const key = JSON.stringify(described);
    stats.runs++;
    let recorded = known.get(key);
    if (!recorded) {
      const start = performance.now();
      recorded = record(traced, args, options);
      stats.traces++;
      stats.operations += recorded.operations;
      stats.tracingMilliseconds += performance.now() - start;
      known.set(key, recorded);
      if (Deno.env.get("THORAX_LOG") === "retrace") logTrace(recorded, described, lastDescribed);
      lastDescribed = described;
    }
    return recorded;
  }

  function call(...args: Arguments): Result {
    if (isPartOfMore()) return traced(...args);
    const recorded = find(args);
    return finish(
      recorded,
      withInputs(recorded, args, (inputs) => execute(recorded.name, recorded.attributes, inputs)),
    );
  }

  async function run(...args: Arguments): Promise<Result> {
    if (isPartOfMore()) return traced(...args);
    const recorded = find(args);
    return recorded.assigned.length === 0 ? await runOnce(recorded, args) : await runInTurn(args);
  }

  async function runOnce(recorded: Recorded, args: Arguments): Promise<Result> {
    const outputs = await withInputs(recorded, args, (inputs) => {
      return executeOffThread(recorded.name, recorded.attributes, inputs);
    });
    return finish(recorded, outputs);
  }

  /** A run that needs what the one before it assigns. */
  async function runInTurn(args: Arguments): Promise<Result> {
    const before = last;
    const { promise, resolve } = Promise.withResolvers<void>();
    last = promise;
    const held = before ? args.map(hold) as Arguments : args;
    if (before) await before;
    try {
      return await runOnce(find(held), held);
    } finally {
      if (before) tf.dispose(held.filter((arg, i) => arg !== args[i]) as tf.Tensor[]);
      if (last === promise) last = null;
      resolve();
    }
  }

  function finish(recorded: Recorded, handles: Deno.PointerObject[]): Result {
    const tensors = handles.map((handle) => backend().createOutputTensor(binding.addHandle(handle)));
    const results = tensors.length - recorded.assigned.length;
    recorded.assigned.forEach((variable, i) => {
      variable.assign(tensors[results + i]!);
      tensors[results + i]!.dispose();
    });
    return unflatten(recorded.structure, tensors.slice(0, results)) as Result;
  }

  function dispose(): void {
    for (const { free } of known.values()) free();
    known.clear();
  }

  Object.assign(call, { run, dispose, stats: () => ({ ...stats }) });
  return Object.defineProperty(call, "traces", { get: () => stats.traces }) as unknown as Graph<
    Arguments,
    Result
  >;
}

/** Whether a traced function is called by another, or by one whose gradient is wanted: it then becomes part of that. */
function isPartOfMore(): boolean {
  return binding.trace !== null || tf.engine().state.gradientDepth > 0;
}

/** What of an argument decides which graph it needs. */
function describeArgument(argument: GraphArgument): string {
  if (argument instanceof tf.Tensor) return `${binding.dtype(idOf(argument))}[${argument.shape}]`;
  return `${typeof argument} ${argument}`;
}

/** Says that a function was traced, and by which argument its graph differs from the one recorded before it. */
function logTrace({ name, operations }: Recorded, described: string[], before: string[] | null): void {
  const place = before?.findIndex((argument, i) => argument !== described[i]) ?? -1;
  const reason = before === null
    ? "its first call"
    : place === -1
    ? `${described.length} arguments instead of ${before.length}`
    : `argument ${place + 1} is ${described[place]}, and was ${before[place]}`;
  console.error(`traced ${name}, ${operations} operations: ${reason}`);
}

/** An argument for a run that has to wait: a tensor stays alive, a variable is read when its turn has come. */
function hold(argument: GraphArgument): GraphArgument {
  if (!(argument instanceof tf.Tensor) || argument instanceof tf.Variable) return argument;
  return tf.keep(tf.clone(argument));
}

/** Collects a graph's inputs, and frees the seed among them when the work with them is done. */
function withInputs<T>(
  recorded: Recorded,
  args: readonly GraphArgument[],
  work: (inputs: Deno.PointerObject[]) => T,
): T {
  const inputs = args.filter((arg) => arg instanceof tf.Tensor).map(handleOf);
  for (const captured of recorded.captured) {
    inputs.push(captured instanceof tf.Variable ? handleOf(captured) : captured);
  }
  if (!recorded.seed) return work(inputs);
  const seed = newHandle([2], DataType.INT32, recorded.seed());
  try {
    // An operation holds its inputs from the moment that they are added to it, so the seed may go at once.
    return work([...inputs, seed]);
  } finally {
    deleteHandle(seed);
  }
}

function record<Arguments extends GraphArgument[]>(
  traced: (...args: Arguments) => GraphResult,
  args: Arguments,
  options: GraphOptions,
): Recorded {
  const { recorded, made } = trace(traced, args, options);
  if (made.length === 0) return recorded;
  // A function such as an optimiser's makes its variables when it is first called: now that they exist, it is
  // traced again and finds them.
  recorded.free();
  const again = trace(traced, args, options);
  if (again.made.length === 0) return again.recorded;
  again.recorded.free();
  const [{ name }] = again.made as [tf.Variable];
  for (const variable of again.made) variable.dispose();
  throw new Error(
    `A traced function may make variables only when it is first called, not at every call: ${name}`,
  );
}

/**
 * One trace: the graph, and the variables that were made during it. Where there are any, the graph is that of their
 * first values, which they have by now; else it is that of the function.
 */
function trace<Arguments extends GraphArgument[]>(
  traced: (...args: Arguments) => GraphResult,
  args: Arguments,
  options: GraphOptions,
): { recorded: Recorded; made: tf.Variable[] } {
  const recorder = newRecorder();
  const variables = new Map(registeredVariables().map((variable) => [ownId(variable), variable]));
  const under = binding.startTrace(recorder);
  let changed: [number, tf.Variable][] = [];
  let made: tf.Variable[] = [];
  const firstValues = new Map<tf.Variable, GraphTensor>();
  try {
    const placeholders: GraphTensor[] = [];
    let results: GraphTensor[] = [];
    let updates: GraphTensor[] = [];
    let structure: Structure = null;
    tf.tidy(() => {
      const inside = args.map((arg) => {
        if (!(arg instanceof tf.Tensor)) return arg;
        const placeholder = recorder.placeholder(arg.shape, binding.dtype(idOf(arg)));
        placeholders.push(placeholder);
        return backend().createOutputTensor(binding.addNode(placeholder));
      }) as Arguments;
      const result = noteVariables(firstValues, () => withoutJavaScriptRandomness(() => traced(...inside)));
      const { tensors, structure: found } = flatten(result);
      structure = found;
      changed = [...variables].filter(([id, variable]) => !variable.isDisposed && idOf(variable) !== id);
      made = registeredVariables().filter((variable) => firstValues.has(variable));
      const graphTensorOf = (tensor: tf.Tensor) => binding.graphTensor(idOf(tensor));
      results = tensors.map(graphTensorOf);
      updates = changed.map(([, variable]) => graphTensorOf(variable));
    });
    restore(changed, under);
    binding.endTrace();

    const captured = [...under.captured].map(([id]) => variables.get(id) ?? shareHandle(binding.handle(id)));
    const inputs = [...placeholders, ...under.captured.values(), ...(under.seed ? [under.seed] : [])];
    const name = `${(options.name ?? traced.name) || "graph"}_${++functions}`.replace(/\W/g, "_");
    const firsts = made.map((variable) => firstValues.get(variable)!);
    addFunction(recorder, { name, inputs, outputs: made.length > 0 ? firsts : [...results, ...updates] });
    const recorded: Recorded = {
      name,
      attributes: attributesOf(options),
      operations: recorder.operations,
      captured,
      seed: under.seed === null ? null : made.length > 0 ? nextFirstValueSeed : nextSeed,
      structure,
      assigned: changed.map(([, variable]) => variable),
      free() {
        tensorflow().TFE_ContextRemoveFunction(eagerContext(), cString(name), status());
        check(name);
        for (const handle of captured) if (!(handle instanceof tf.Variable)) deleteHandle(handle);
      },
    };
    if (made.length > 0) initialise(recorded, { args, made });
    return { recorded, made };
  } catch (error) {
    restore([...variables].filter(([id, variable]) => !variable.isDisposed && idOf(variable) !== id), under);
    for (const variable of firstValues.keys()) if (!variable.isDisposed) variable.dispose();
    throw error;
  } finally {
    binding.endTrace();
    binding.freeDeleted(under);
    recorder.close();
  }
}

/** Runs a function over tensors and notes the variables that it makes, with the value that each is made with. */
function noteVariables<T>(notes: Map<tf.Variable, GraphTensor>, work: () => T): T {
  const engine = tf.engine();
  const { makeVariable } = engine;
  engine.makeVariable = (...args) => {
    const variable = makeVariable.apply(engine, args);
    notes.set(variable, binding.graphTensor(idOf(variable)));
    return variable;
  };
  try {
    return work();
  } finally {
    engine.makeVariable = makeVariable;
  }
}

/** Runs the graph of first values and gives them to the variables that were made during its trace. */
function initialise(
  recorded: Recorded,
  { args, made }: { args: readonly GraphArgument[]; made: readonly tf.Variable[] },
): void {
  const handles = withInputs(recorded, args, (inputs) => execute(recorded.name, recorded.attributes, inputs));
  handles.forEach((handle, i) => setId(made[i]!, binding.addHandle(handle).id));
}

function addFunction(
  recorder: Recorder,
  { name, inputs, outputs }: { name: string; inputs: GraphTensor[]; outputs: GraphTensor[] },
): void {
  const api = tensorflow();
  const made = recorder.toFunction(name, inputs, outputs);
  api.TFE_ContextAddFunction(eagerContext(), made, status());
  api.TF_DeleteFunction(made);
  check(name);
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

/** Gives variables back the values that they had before the trace, which are still alive then. */
function restore(changed: readonly [number, tf.Variable][], under: Trace): void {
  for (const [id, variable] of changed) setId(variable, id);
  const kept = new Set(changed.map(([id]) => id));
  under.deleted = under.deleted.filter((id) => !kept.has(id));
}

function setId(variable: tf.Variable, id: number): void {
  const value = backend().createOutputTensor({ id, shape: variable.shape, dtype: binding.dtype(id) });
  variable.assign(value);
  value.dispose();
}

/** The id of a variable's value, after giving the variable a value of its own where it shares one. */
function ownId(variable: tf.Variable): number {
  const id = idOf(variable);
  if (backend().refCount(variable.dataId) === 1) return id;
  const own = binding.addHandle(shareHandle(binding.handle(id))).id;
  setId(variable, own);
  return own;
}

function registeredVariables(): tf.Variable[] {
  return Object.values(tf.engine().registeredVariables);
}

function idOf(tensor: tf.Tensor): number {
  if (tensor.isDisposed) {
    const what = tensor instanceof tf.Variable ? `The variable ${tensor.name}` : "A tensor";
    throw new Error(`${what} that a traced function uses was disposed of`);
  }
  return backend().getInputTensorIds([tensor])[0]!;
}

function handleOf(tensor: tf.Tensor): Deno.PointerObject {
  return binding.handle(idOf(tensor));
}

/** How a result was put together: the names of its tensors, their number, one tensor, or nothing. */
type Structure = { names: string[] } | { count: number } | "tensor" | null;

function flatten(result: GraphResult): { tensors: tf.Tensor[]; structure: Structure } {
  if (result === undefined || result === null) return { tensors: [], structure: null };
  if (result instanceof tf.Tensor) return { tensors: [result], structure: "tensor" };
  const tensors = Object.values(result as Record<string, tf.Tensor>);
  if (
    typeof result !== "object" || result instanceof Promise ||
    !tensors.every((tensor) => tensor instanceof tf.Tensor)
  ) {
    throw new Error("A traced function gives a tensor, a list or an object of tensors, or nothing");
  }
  if (Array.isArray(result)) return { tensors, structure: { count: result.length } };
  return { tensors, structure: { names: Object.keys(result) } };
}

function unflatten(structure: Structure, tensors: tf.Tensor[]): GraphResult {
  if (structure === null) return undefined;
  if (structure === "tensor") return tensors[0]!;
  if ("count" in structure) return tensors;
  return Object.fromEntries(structure.names.map((name, i) => [name, tensors[i]!]));
}

/**
 * Runs a function over tensors without computing anything: its operations are recorded in a graph that is then
 * thrown away. What it learns are shapes.
 */
export function withoutComputing<T>(work: () => T): T {
  const recorder = newRecorder();
  const under = binding.startTrace(recorder);
  try {
    let result: T;
    tf.tidy(() => void (result = work()));
    return result!;
  } finally {
    binding.endTrace();
    binding.freeDeleted(under);
    recorder.close();
  }
}
