import { InputError } from "../support/input_error.ts";
import { orAborted, type Peers } from "../support/peers.ts";
import { allGather, allReduce, allReduceNow, broadcastNow, type SpreadBatch, tf } from "../tensorflow/mod.ts";
import type { Settings } from "./settings.ts";
import type { TrainingState } from "./training_state.ts";

/** The workers that share a training, seen from one of them. Worker 0 alone writes. */
export interface WorkerGroup {
  /** From 0. */
  index: number;
  /** How many there are. */
  count: number;
  /** The run's folder, where worker 0 has it, once the run is there and can go on; set by `shareState`. */
  folder: string | null;
  /** Aborted with an `InputError` when another worker is gone. */
  signal: AbortSignal;
  /** Hands a value to all others and gives that of each, in their order; all call it equally often. */
  exchange<T>(value: T): Promise<T[]>;
  /**
   * The mean over all workers as part of the training step's graph; what is at `exactFrom` and after it is never rounded.
   */
  mean(packed: tf.Tensor1D, exactFrom: number): tf.Tensor1D;
  /** What batch normalisation over all workers' images needs; null where each takes its own. */
  spreadBatch: SpreadBatch | null;
  /**
   * Waits for work that all workers do together.
   *
   * @throws {InputError} Where one of them is gone; the process can do nothing more with TensorFlow then than end.
   */
  together<T>(work: Promise<T>): Promise<T>;
  /** The sum of a vector over all workers. */
  sum(values: Float32Array): Promise<Float32Array<ArrayBuffer>>;
  /** Gives variables worker 0's values. */
  broadcast(variables: readonly tf.Variable<tf.Rank.R1>[]): Promise<void>;
}

/** Milliseconds within which it is known which worker made a collective operation fail. */
const KNOWN_WITHIN = 20_000;

/** The group of processes that have met and have joined TensorFlow's collective runtime. */
export function workerGroup(
  { index, addresses, signal, exchange }: Pick<Peers, "index" | "addresses" | "signal" | "exchange">,
  { gradientPrecision, syncBatchNorm }: Pick<Settings, "gradientPrecision" | "syncBatchNorm">,
): WorkerGroup {
  async function together<T>(work: Promise<T>): Promise<T> {
    try {
      return await orAborted(work, [signal]);
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (error instanceof InputError) throw error;
      await new Promise((resolve) => {
        const timer = setTimeout(resolve, KNOWN_WITHIN);
        signal.addEventListener("abort", () => {
          clearTimeout(timer);
          resolve(null);
        });
      });
      signal.throwIfAborted();
      throw new InputError(`The workers cannot reach each other any more: ${(error as Error).message}`);
    }
  }

  return {
    index,
    count: addresses.length,
    folder: null,
    signal,
    exchange,
    together,
    mean: (packed, exactFrom) => meanOf(packed, { exactFrom, precision: gradientPrecision }),
    spreadBatch: syncBatchNorm ? SPREAD_BATCH : null,
    async sum(values) {
      const own = tf.tensor1d(values);
      const all = await together(allReduceNow(own));
      const sum = (all.dataSync() as Float32Array).slice();
      tf.dispose([own, all]);
      return sum;
    },
    async broadcast(variables) {
      for (const variable of variables) {
        const value = await together(broadcastNow(variable));
        variable.assign(value);
        value.dispose();
      }
    },
  };
}

function meanOf(
  packed: tf.Tensor1D,
  { exactFrom, precision }: { exactFrom: number; precision: Settings["gradientPrecision"] },
): tf.Tensor1D {
  if (precision === "float32") return allReduce(packed, { mean: true });
  const [gradient, others] = tf.split(packed, [exactFrom, packed.size - exactFrom]) as tf.Tensor1D[];
  return tf.concat1d([
    allReduce(gradient!, { mean: true, precision }),
    allReduce(others!, { mean: true }),
  ]);
}

const SPREAD_BATCH: SpreadBatch = {
  gather: allGather,
  mean: (x) => allReduce(x, { mean: true }),
};

/** Gives every worker what worker 0 has, the run's folder among it: weights, running statistics, optimizer state and history. */
export async function shareState(
  state: TrainingState,
  { group, folder }: { group: WorkerGroup; folder: string },
): Promise<void> {
  const { model: { weights, moving }, optimizer: { first, second, steps }, history } = state;
  const sent = group.index === 0 ? { history, folder } : { history: [], folder: "" };
  const [leading] = await group.together(group.exchange(sent));
  if (group.index > 0) history.splice(0, history.length, ...leading!.history);
  await group.broadcast([weights, moving, first, second, steps]);
  group.folder = leading!.folder;
}

/** How many images of a batch one shard has. */
export function shardBatchSize({ batchSize, workers }: { batchSize: number; workers: number }): number {
  return batchSize / workers;
}

/** What falls to one of several workers: every nth, so that all have as many, or one more. */
export function shardOf<T>(
  all: readonly T[],
  { index, count }: { index: number; count: number },
): readonly T[] {
  return count === 1 ? all : all.filter((_, i) => i % count === index);
}
