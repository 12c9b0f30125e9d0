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
 *   environment each trace is printed with the argument that made it necessary, and `stats()` counts them;
 *   {@linkcode profile} tells how long each of its operations takes
 * - it cannot read values (`dataSync`, `arraySync`, `data`): that is an error which names the operation
 * - numbers that TensorFlow.js draws in JavaScript (`tf.randomUniform`, `tf.dropout`) would be frozen into the graph,
 *   so that is an error too: {@linkcode ./random.ts} has their equals
 *
 * @module
 */
import { backend, binding, tf } from "./backend.ts";
import {
  type ConcreteFunction,
  type GraphArgument,
  type GraphOptions,
  withInputs,
} from "./concrete_function.ts";
import { execute, executeOffThread } from "./eager.ts";
import { type GraphResult, unflatten } from "./result_structure.ts";
import { isTracing, trace } from "./trace.ts";
import { idOf } from "./variables.ts";

export type { GraphArgument, GraphOptions, GraphResult };

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

/** Makes a traced function out of a function over tensors; see the module's text for what that asks of it. */
export function graph<Arguments extends GraphArgument[], Result extends GraphResult>(
  traced: (...args: Arguments) => Result,
  options: GraphOptions = {},
): Graph<Arguments, Result> {
  const known = new Map<string, ConcreteFunction>();
  const stats: GraphStats = { traces: 0, tracingMilliseconds: 0, operations: 0, runs: 0 };
  let last: Promise<void> | null = null;
  let lastSignature: string[] | null = null;

  function concreteFunction(args: Arguments): ConcreteFunction {
    const signature = args.map(signatureOf);
    const key = JSON.stringify(signature);
    stats.runs++;
    let concrete = known.get(key);
    if (!concrete) {
      const start = performance.now();
      concrete = trace(traced, args, options);
      stats.traces++;
      stats.operations += concrete.operations;
      stats.tracingMilliseconds += performance.now() - start;
      known.set(key, concrete);
      if (Deno.env.get("THORAX_LOG") === "retrace") logTrace(concrete, signature, lastSignature);
      lastSignature = signature;
    }
    return concrete;
  }

  function call(...args: Arguments): Result {
    if (isTracing()) return traced(...args);
    const concrete = concreteFunction(args);
    return finish(
      concrete,
      withInputs(concrete, args, (inputs) => execute(concrete.name, concrete.attributes, inputs)),
    );
  }

  async function run(...args: Arguments): Promise<Result> {
    if (isTracing()) return traced(...args);
    const concrete = concreteFunction(args);
    return concrete.assigned.length === 0 ? await runOnce(concrete, args) : await runInTurn(args);
  }

  async function runOnce(concrete: ConcreteFunction, args: Arguments): Promise<Result> {
    const outputs = await withInputs(concrete, args, (inputs) => {
      return executeOffThread(concrete.name, concrete.attributes, inputs);
    });
    return finish(concrete, outputs);
  }

  /** A run that needs what the one before it assigns. */
  async function runInTurn(args: Arguments): Promise<Result> {
    const before = last;
    const { promise, resolve } = Promise.withResolvers<void>();
    last = promise;
    const held = before ? args.map(hold) as Arguments : args;
    if (before) await before;
    try {
      return await runOnce(concreteFunction(held), held);
    } finally {
      if (before) tf.dispose(held.filter((arg, i) => arg !== args[i]) as tf.Tensor[]);
      if (last === promise) last = null;
      resolve();
    }
  }

  function finish(concrete: ConcreteFunction, handles: Deno.PointerObject[]): Result {
    const tensors = handles.map((handle) => backend().createOutputTensor(binding.addHandle(handle)));
    const results = tensors.length - concrete.assigned.length;
    concrete.assigned.forEach((variable, i) => {
      variable.assign(tensors[results + i]!);
      tensors[results + i]!.dispose();
    });
    return unflatten(concrete.structure, tensors.slice(0, results)) as Result;
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

/** What of an argument decides which graph it needs. */
function signatureOf(argument: GraphArgument): string {
  if (argument instanceof tf.Tensor) return `${binding.dtype(idOf(argument))}[${argument.shape}]`;
  return `${typeof argument} ${argument}`;
}

/** Says that a function was traced, and by which argument its graph differs from the one recorded before it. */
function logTrace(
  { name, operations }: ConcreteFunction,
  signature: string[],
  before: string[] | null,
): void {
  const place = before?.findIndex((argument, i) => argument !== signature[i]) ?? -1;
  const reason = before === null
    ? "its first call"
    : place === -1
    ? `${signature.length} arguments instead of ${before.length}`
    : `argument ${place + 1} is ${signature[place]}, and was ${before[place]}`;
  console.error(`traced ${name}, ${operations} operations: ${reason}`);
}

/** An argument for a run that has to wait: a tensor stays alive, a variable is read when its turn has come. */
function hold(argument: GraphArgument): GraphArgument {
  if (!(argument instanceof tf.Tensor) || argument instanceof tf.Variable) return argument;
  return tf.keep(tf.clone(argument));
}
