import { tf } from "../tensorflow/mod.ts";
import type { ImageCache } from "../dataset/image_cache.ts";
import type { SaliencyMap } from "../evaluation/baseline_maps.ts";
import type { Model } from "../model/model.ts";
import { saliency, type SaliencyOptions } from "./saliency.ts";

/** A label of an image, whose score is to be explained. */
export interface LabelledImage {
  /** The name of the image's file. */
  image: string;
  /** The finding that is explained. */
  label: string;
}

/** How images are explained. */
export interface ExplainOptions extends SaliencyOptions {
  /** The batch size; the last batch is filled up, so that one graph serves all. Default: 32. */
  batchSize?: number;
  /** Rows and columns of the maps. Default: the image's. */
  mapSize?: number;
  /** Called after each batch with the number of maps made so far. */
  onProgress?: ((done: number, total: number) => void) | undefined;
  /** Ends the work with the signal's reason. */
  signal?: AbortSignal | undefined;
  /** The workers that explain the same images together, each some batches of them; every one gets all maps. */
  workers?: ExplainingWorkers | undefined;
}

/** Workers that share out images, seen from one of them. */
export interface ExplainingWorkers {
  /** Which one this is, from 0. */
  index: number;
  /** How many there are. */
  count: number;
  /** The sum of a vector over all of them. */
  sum(values: Float32Array): Promise<Float32Array>;
}

/** Images whose scores are to be explained. */
export interface ExplainedImages {
  /** The images. */
  cache: ImageCache;
  /** Which of them, each for one label. */
  images: readonly LabelledImage[];
  /** The findings that the network scores, in the order of its outputs. */
  findings: readonly string[];
}

/**
 * Explains the scores of images for labels: a map in 0..1 for each, in their order, brought to its size by
 * bilinear interpolation between pixel centres.
 *
 * @throws {RangeError} Where the cache lacks an image, or the findings a label.
 */
export async function explainImages(
  model: Model,
  data: ExplainedImages,
  options: ExplainOptions = {},
): Promise<SaliencyMap[]> {
  const explain = saliency(model, options);
  try {
    return (await explainInBatches(explain, data, options)).map(([map]) => map!);
  } finally {
    explain.dispose();
  }
}

/** How `explainInBatches` goes about it. */
export interface InBatchesOptions extends Omit<ExplainOptions, keyof SaliencyOptions> {
  /** How many maps an image has; workers who share the images have to know. Default: 1. */
  each?: number;
}

/**
 * Runs what explains images [n, size, size, 1] for labels [n, 1], in batches; workers some of them each.
 *
 * @param explain Gives maps [n, m, height, width].
 * @returns For each image its m maps.
 * @throws {RangeError} Where the cache lacks an image, or the findings a label.
 */
export async function explainInBatches(
  explain: ExplainBatch,
  data: ExplainedImages,
  options: InBatchesOptions = {},
): Promise<SaliencyMap[][]> {
  const { workers, batchSize = 32, mapSize = data.cache.size, each = 1 } = options;
  if (!workers) return await explainAll(explain, data, options);
  const isOwn = (index: number) => Math.floor(index / batchSize) % workers.count === workers.index;
  const images = data.images.filter((_, index) => isOwn(index));
  const own = await explainAll(explain, { ...data, images }, options);
  if (data.images.length === 0) return own;
  const cells = mapSize ** 2;
  const packed = new Float32Array(data.images.length * each * cells);
  let next = 0;
  data.images.forEach((_, index) => {
    if (!isOwn(index)) return;
    own[next++]!.forEach(({ values }, m) => packed.set(values, (index * each + m) * cells));
  });
  const all = await workers.sum(packed);
  return data.images.map((_, index) =>
    Array.from({ length: each }, (_, m) => ({
      values: all.slice((index * each + m) * cells, (index * each + m + 1) * cells),
      width: mapSize,
      height: mapSize,
    }))
  );
}

/** Explains images [n, size, size, 1] for labels [n, 1], in maps [n, m, height, width]. */
export type ExplainBatch = (images: tf.Tensor4D, labels: tf.Tensor2D) => Promise<tf.Tensor4D>;

async function explainAll(
  explain: ExplainBatch,
  { cache, images, findings }: ExplainedImages,
  { batchSize = 32, mapSize = cache.size, onProgress, signal }: InBatchesOptions,
): Promise<SaliencyMap[][]> {
  const { size } = cache;
  const maps: SaliencyMap[][] = [];
  for (let start = 0; start < images.length; start += batchSize) {
    signal?.throwIfAborted();
    const some = images.slice(start, start + batchSize);
    const labels = new Int32Array(batchSize);
    some.forEach(({ label }, i) => labels[i] = indexOf(findings, label));
    const inputs = [
      tf.tensor4d(pixelsOf(cache, some, batchSize), [batchSize, size, size, 1]),
      tf.tensor2d(labels, [batchSize, 1], "int32"),
    ] as const;
    const found = await explain(...inputs);
    const count = found.shape[1];
    const values = tf.tidy(() => {
      const last = tf.transpose(found, [0, 2, 3, 1]) as tf.Tensor4D;
      const resized = tf.image.resizeBilinear(last, [mapSize, mapSize], false, true);
      return tf.transpose(resized, [0, 3, 1, 2]).dataSync() as Float32Array;
    });
    tf.dispose([...inputs, found]);
    some.forEach((_, i) =>
      maps.push(Array.from({ length: count }, (_, m) => ({
        values: values.slice((i * count + m) * mapSize ** 2, (i * count + m + 1) * mapSize ** 2),
        width: mapSize,
        height: mapSize,
      })))
    );
    onProgress?.(maps.length, images.length);
  }
  return maps;
}

function indexOf(findings: readonly string[], label: string): number {
  const index = findings.indexOf(label);
  if (index < 0) throw new RangeError(`The network does not score ${label}`);
  return index;
}

/** [batchSize, size, size, 1] in 0..1; what is left over is black. */
function pixelsOf(cache: ImageCache, images: readonly LabelledImage[], batchSize: number): Float32Array {
  const grey = new Uint8Array(batchSize * cache.size ** 2);
  images.forEach(({ image }, i) => {
    const place = cache.indexOf(image);
    if (place === undefined) throw new RangeError(`The cache has no image ${image}`);
    cache.read(place, grey.subarray(i * cache.size ** 2));
  });
  return Float32Array.from(grey, (value) => value / 255);
}
