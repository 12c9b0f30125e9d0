import type { Attribute } from "./attributes.ts";
import { isInCluster } from "./context.ts";
import { DataType } from "./data_type.ts";
import { executeNow, substituteExecute } from "./eager.ts";
import { tensorflow } from "./library.ts";
import { isOperation } from "./operation_definitions.ts";
import { openTracedSession, type OperationRun, type TracedSession } from "./traced_session.ts";

/** What the runs of an operation took together. */
export interface OperationTime {
  /** TensorFlow's name for the operation, such as `MatMul`. */
  operation: string;
  /** How often it ran. */
  runs: number;
  /** How long in all, in milliseconds by the clock; operations that run side by side count in full. */
  milliseconds: number;
  /** The percentage of what all operations took. */
  percent: number;
}

/** How long the operations of some work took. */
export interface Profile<Result> {
  /** What the work gave. */
  result: Result;
  /** By operation, the longest first: `console.table(operations)` shows them. */
  operations: OperationTime[];
  /** When each of them ran, as JSON for `chrome://tracing` and https://ui.perfetto.dev (the Trace Event Format). */
  chromeTrace: string;
}

/**
 * Runs some work and tells how long each of TensorFlow's operations in it took, those of traced graphs, too: what
 * `jax.profiler` and `tf.profiler` are for. The graphs are run by sessions meanwhile, which tell the times of their
 * operations (`RunOptions.FULL_TRACE`) where the eager runtime does not. Results are the same; `run` of a graph waits
 * for it. A graph that XLA compiles, that takes tables or that works with other machines is timed as one operation.
 * Trace before: the first call of a graph takes longer than those that follow.
 *
 * @throws {Error} Where a profile is being made already.
 *
 * @example
 * ```ts
 * import { graph, profile, tf } from "./mod.ts";
 *
 * const step = graph((x: tf.Tensor2D) => tf.relu(tf.matMul(x, x)));
 * const { operations, chromeTrace } = await profile(() => step(tf.ones([64, 64])));
 * console.table(operations);
 * await Deno.writeTextFile("trace.json", chromeTrace);
 * ```
 */
export async function profile<Result>(
  work: () => Result | Promise<Result>,
): Promise<Profile<Awaited<Result>>> {
  if (isProfiling) throw new Error("A profile is being made already: profile() inside profile()");
  isProfiling = true;
  const runs: OperationRun[] = [];
  const sessions = new Map<string, TracedSession>();
  substituteExecute((name, attributes, inputs) => {
    if (isOperation(name) || !canBeInSession(attributes, inputs)) {
      return timed(name, runs, () => executeNow(name, attributes, inputs));
    }
    const session = sessions.get(name) ?? openTracedSession(name, attributes, inputs);
    sessions.set(name, session);
    const { outputs, runs: inside } = session.run(inputs);
    runs.push(...inside);
    return outputs;
  });
  try {
    const result = await work();
    return { result, operations: byOperation(runs), chromeTrace: chromeTrace(runs) };
  } finally {
    substituteExecute(null);
    for (const session of sessions.values()) session.close();
    isProfiling = false;
  }
}

let isProfiling = false;

/** Whether a session, which has resources and devices of its own, does what the eager runtime does. */
function canBeInSession(attributes: readonly Attribute[], inputs: readonly Deno.PointerObject[]): boolean {
  return attributes.some(({ name }) => name === "config_proto") &&
    !attributes.some(({ name }) => name === "_XlaMustCompile") && !isInCluster() &&
    !inputs.some((input) => tensorflow().TFE_TensorHandleDataType(input) === DataType.RESOURCE);
}

function timed<T>(operation: string, runs: OperationRun[], work: () => T): T {
  const start = performance.now();
  const result = work();
  const microseconds = 1000 * (performance.now() - start);
  const begun = 1000 * (performance.timeOrigin + start);
  runs.push({
    operation,
    name: operation,
    device: "operation by operation",
    thread: 0,
    start: begun,
    microseconds,
  });
  return result;
}

function byOperation(runs: readonly OperationRun[]): OperationTime[] {
  const times = new Map<string, OperationTime>();
  let all = 0;
  for (const { operation, microseconds } of runs) {
    const time = times.get(operation) ?? { operation, runs: 0, milliseconds: 0, percent: 0 };
    time.runs++;
    time.milliseconds += microseconds / 1000;
    all += microseconds / 1000;
    times.set(operation, time);
  }
  return [...times.values()]
    .map((time) => ({ ...time, percent: all === 0 ? 0 : 100 * time.milliseconds / all }))
    .sort((a, b) => b.milliseconds - a.milliseconds);
}

function chromeTrace(runs: readonly OperationRun[]): string {
  const devices = [...new Set(runs.map(({ device }) => device))];
  const begun = runs.reduce((first, { start }) => Math.min(first, start), Infinity);
  const traceEvents = [
    ...devices.map((name, pid) => ({ ph: "M", name: "process_name", pid, args: { name } })),
    ...runs.map(({ operation, name, device, thread, start, microseconds }) => ({
      ph: "X",
      name: operation,
      cat: "operation",
      pid: devices.indexOf(device),
      tid: thread,
      ts: start - begun,
      dur: microseconds,
      args: { name },
    })),
  ];
  return JSON.stringify({ displayTimeUnit: "ms", traceEvents });
}
