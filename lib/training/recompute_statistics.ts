import { batches } from "../dataset/batches.ts";
import type { Entry } from "../dataset/entry.ts";
import type { ImageCache } from "../dataset/image_cache.ts";
import { forward, type Model } from "../model/model.ts";
import { graph, type GraphOptions, tf } from "../tensorflow/mod.ts";

/** What running statistics are computed from. */
export interface RecomputeOptions extends Pick<GraphOptions, "precision" | "xla"> {
  /** The batch size. */
  batchSize: number;
  /** The seed of the order in which images come together in batches. */
  seed: number;
  /** Ends the work with the signal's reason. */
  signal?: AbortSignal | undefined;
}

/**
 * Replaces batch normalisation's running statistics by those of the model's present weights: the means, over all batches
 * of the training images, of each batch's mean and variance, as Izmailov et al. do after averaging weights ("Averaging
 * Weights Leads to Wider Optima and Better Generalization", 2018, section 3.2). A network without batch normalisation
 * stays as it is.
 *
 * @param data Images as they are, without augmentation; what fills no batch is left out.
 */
export async function recomputeStatistics(
  model: Model,
  { cache, entries }: { cache: ImageCache; entries: readonly Entry[] },
  { batchSize, seed, signal, ...options }: RecomputeOptions,
): Promise<void> {
  if (model.moving.size === 0) return;
  const sums = new Float64Array(model.moving.size);
  let count = 0;
  // With a momentum of 0 nothing is left of the statistics before the batch.
  const statistics = graph((images: tf.Tensor): tf.Tensor => {
    const { moving } = forward(model, images as tf.Tensor4D, { training: true, momentum: 0 });
    const result = tf.clone(moving!);
    tf.dispose(moving!);
    return result;
  }, { ...options, name: "batch_statistics" });
  try {
    const training = { seed, epoch: 0 };
    for (
      const { images } of batches(cache, entries, { findings: [], batchSize, training, dropRemainder: true })
    ) {
      signal?.throwIfAborted();
      const input = tf.tensor4d(images, [batchSize, cache.size, cache.size, 1]);
      const found = await statistics.run(input).finally(() => input.dispose());
      found.dataSync().forEach((value, index) => sums[index]! += value);
      found.dispose();
      count++;
    }
  } finally {
    statistics.dispose();
  }
  if (count === 0) return;
  tf.tidy(() => model.moving.assign(tf.tensor1d(Float32Array.from(sums, (sum) => sum / count))));
}
