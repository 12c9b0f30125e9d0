import type { ThreadAnswer, ThreadMessage } from "./_evaluation_thread.ts";
import {
  evaluate,
  type EvaluateOptions,
  type GivenFigures,
  type Metrics,
  planEvaluation,
  type TaskResult,
} from "./metrics.ts";
import { type Predictions, withoutWeights } from "./predictions.ts";

/** Fewer numbers than this are judged sooner than a thread has started. */
const FEWEST = 300_000;

/** How threads share an evaluation. */
export interface ThreadsOptions extends EvaluateOptions {
  /** How many; as many as the machine has cores by default, and none where there is little to do. */
  threads?: number;
}

/**
 * Scores predictions as `evaluate` does, with labels shared out to threads; each figure is the same to the bit, as each is
 * made by one thread. The numbers lie in memory that all threads have in common.
 *
 * @throws {RangeError} As `evaluate`.
 */
export async function evaluateInThreads(
  predictions: Predictions,
  { threads, ...options }: ThreadsOptions = {},
): Promise<Metrics> {
  const cores = predictions.scores.length < FEWEST ? 1 : navigator.hardwareConcurrency;
  const { given, tasks, finish } = planEvaluation(predictions, options);
  const count = Math.min(threads ?? cores, tasks.length);
  if (count < 2) return evaluate(predictions, options);
  const shared = inSharedMemory(given);
  // The longest first, so that no thread is left alone with it.
  const order = [...tasks.keys()].sort((a, b) =>
    Number(tasks[a]!.kind === "label") - Number(tasks[b]!.kind === "label")
  );
  const results = new Array<TaskResult>(tasks.length);
  const workers: Worker[] = [];
  async function work(): Promise<void> {
    const worker = new Worker(new URL("./_evaluation_thread.ts", import.meta.url), { type: "module" });
    workers.push(worker);
    worker.postMessage({ given: shared } satisfies ThreadMessage);
    for (let next = order.shift(); next !== undefined; next = order.shift()) {
      const answer = Promise.withResolvers<TaskResult>();
      worker.onmessage = ({ data }: MessageEvent<ThreadAnswer>) => {
        if ("result" in data) answer.resolve(data.result);
        else answer.reject(new RangeError(data.error));
      };
      worker.onerror = (event) => {
        event.preventDefault();
        answer.reject(new Error(event.message));
      };
      worker.postMessage({ task: tasks[next]! } satisfies ThreadMessage);
      results[next] = await answer.promise;
    }
    worker.terminate();
  }
  try {
    await Promise.all(Array.from({ length: count }, work));
  } finally {
    for (const worker of workers) worker.terminate();
  }
  return finish(results);
}

/** What threads are given, with its numbers in shared memory; of the names of images only the number is left. */
function inSharedMemory(given: GivenFigures): GivenFigures {
  const { predictions, patients, validation, validationPatients, unweighted, strata } = given;
  const own = numbersOf(predictions);
  const fitted = validation && numbersOf(validation);
  return {
    ...given,
    predictions: own,
    patients: { ...patients, ofImage: shared(patients.ofImage) },
    validation: fitted,
    validationPatients: validationPatients && {
      ...validationPatients,
      ofImage: shared(validationPatients.ofImage),
    },
    unweighted: unweighted && { ...unweighted, validation: fitted && withoutWeights(fitted) },
    strata: strata && shared(strata),
  };
}

function numbersOf({ labels, images, truth, scores, weights }: Predictions): Predictions {
  return {
    labels,
    images: new Array<string>(images.length),
    patients: [],
    truth: shared(truth),
    scores: shared(scores),
    ...(weights ? { weights: shared(weights) } : {}),
  };
}

/** Numbers in shared memory: themselves where they lie there already. */
function shared<T extends Uint8Array | Uint32Array | Float64Array>(values: T): T {
  if (values.buffer instanceof SharedArrayBuffer) return values;
  const buffer = new SharedArrayBuffer(values.byteLength);
  const copy = new (values.constructor as { new (buffer: SharedArrayBuffer): T })(buffer);
  copy.set(values as Uint8Array & Uint32Array & Float64Array);
  return copy;
}
