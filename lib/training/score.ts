import { inParallel } from "../support/in_parallel.ts";
import { type Graph, graph, type GraphOptions, tf } from "../tensorflow/mod.ts";
import { type Batch, batches, labelsOf } from "../dataset/batches.ts";
import type { ImageCache } from "../dataset/image_cache.ts";
import type { Entry } from "../dataset/entry.ts";
import type { Predictions } from "../evaluation/predictions.ts";
import { forward, type Model } from "../model/model.ts";

/** What scores images, whichever engine computes it. */
export interface Scorer {
  /** Images [n, size, size, channels] in 0..1 to logits [n, labels]; JavaScript goes on meanwhile. */
  run(images: tf.Tensor): Promise<tf.Tensor>;
  /** Frees what it holds. */
  dispose(): void;
}

/** Makes the graph that scores images with a model's present weights. */
export function scorer(
  model: Model,
  options: Pick<GraphOptions, "precision" | "xla"> = {},
): Graph<[tf.Tensor], tf.Tensor> {
  const score = (images: tf.Tensor) =>
    forward(model, images as tf.Tensor4D, { training: false }).logits as tf.Tensor;
  return graph(score, { ...options, name: "score" });
}

/** How images are scored. */
export interface ScoreOptions {
  /** The batch size; the last batch is filled up, so that one graph serves all. Default: 32. */
  batchSize?: number;
  /** Called after each batch with the number of images scored so far. */
  onProgress?: ((done: number, total: number) => void) | undefined;
  /** Ends the scoring with the signal's reason. */
  signal?: AbortSignal | undefined;
}

/** Scores of images: predictions, whose scores are probabilities, and the logits behind them. */
export interface Scored {
  /** The scores beside the ground truth. */
  predictions: Predictions;
  /** [images, labels] */
  logits: Float32Array<ArrayBuffer>;
}

/** Batches that are scored at a time: the threads that one leaves idle between its operations serve the other. */
const IN_FLIGHT = 2;

/**
 * Scores the images of some entries, in their order.
 *
 * @param data `findings` are those that the network scores, in the order of its outputs.
 */
export async function scoreImages(
  score: Scorer,
  { cache, entries, findings }: { cache: ImageCache; entries: readonly Entry[]; findings: readonly string[] },
  { batchSize = 32, onProgress, signal }: ScoreOptions = {},
): Promise<Scored> {
  const { size } = cache;
  const logits = new Float32Array(entries.length * findings.length);
  let done = 0;

  async function scoreBatch({ images, indices, count }: Batch): Promise<void> {
    const full = new Float32Array(batchSize * size * size);
    full.set(images);
    const input = tf.tensor4d(full, [batchSize, size, size, 1]);
    const output = await score.run(input).finally(() => input.dispose());
    const start = indices[0]! * findings.length;
    logits.set((output.dataSync() as Float32Array).subarray(0, count * findings.length), start);
    output.dispose();
    done += count;
    onProgress?.(done, entries.length);
  }

  await inParallel(
    batches(cache, entries, { findings, batchSize }),
    { workers: IN_FLIGHT, signal },
    scoreBatch,
  );
  return scoredFrom(logits, { entries, findings });
}

/** Predictions from logits [entries, findings]. */
export function scoredFrom(
  logits: Float32Array<ArrayBuffer>,
  { entries, findings }: { entries: readonly Entry[]; findings: readonly string[] },
): Scored {
  const predictions: Predictions = {
    labels: findings,
    images: entries.map(({ image }) => image),
    patients: entries.map(({ patient }) => patient),
    truth: Uint8Array.from(labelsOf(entries, findings)),
    scores: Float64Array.from(logits, (logit) => 1 / (1 + Math.exp(-logit))),
  };
  return { predictions, logits };
}
