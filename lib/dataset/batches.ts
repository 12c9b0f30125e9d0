import { random } from "../support/random.ts";
import { applyChange, type Augmentation, drawChange } from "./augmentation.ts";
import type { ImageCache } from "./image_cache.ts";
import { type Entry, UNKNOWN } from "./entry.ts";
import { stratifiedOrder } from "./stratified_order.ts";

/** Some images and their labels; its arrays are its own and are not written to again. */
export interface Batch {
  /** How many images: the batch size, or what is left for the last batch. */
  count: number;
  /** [count, size, size, 1], 0 (black) to 1 (white). */
  images: Float32Array;
  /** [count, L], 0, 1 or `UNKNOWN`, in the order of the findings. */
  labels: Float32Array;
  /** [count], the place of each image among the entries. */
  indices: Int32Array;
}

/** How `batches` orders and changes the images. */
export interface BatchesOptions {
  /** The L findings that the images are labelled for. */
  findings: readonly string[];
  /** The batch size. */
  batchSize: number;
  /**
   * For the training set only: the order is shuffled and images may be augmented, other ones each epoch. `shard` numbers
   * the part of the training set that the entries are; 0 unless given. With `stratified`, batches have about as many images
   * of each finding (`stratifiedOrder`).
   */
  training?: {
    seed: number;
    epoch: number;
    augmentation?: Augmentation;
    shard?: number;
    stratified?: boolean;
  };
  /** Leave out the last batch where it is smaller (default false, as in Keras). */
  dropRemainder?: boolean;
}

/**
 * Gives each entry once, in batches: for training in an order that depends on the seed and the epoch only, otherwise
 * in the entries' own. How an image is changed depends on the seed, the epoch and its name, whatever batch it is in.
 *
 * @throws {RangeError} Where the cache lacks an entry's image.
 */
export function* batches(
  cache: ImageCache,
  entries: readonly Entry[],
  { findings, batchSize, training, dropRemainder = false }: BatchesOptions,
): Generator<Batch, void, void> {
  const order = orderOf(entries, { findings, training });
  const pixels = new Uint8Array(cache.size ** 2);
  for (let start = 0; start < order.length; start += batchSize) {
    const indices = order.slice(start, start + batchSize);
    if (dropRemainder && indices.length < batchSize) return;
    const images = new Float32Array(indices.length * pixels.length);
    const labels = labelsOf(Array.from(indices, (index) => entries[index]!), findings);
    for (const [i, index] of indices.entries()) {
      const entry = entries[index]!;
      const place = cache.indexOf(entry.image);
      if (place === undefined) throw new RangeError(`The cache has no image ${entry.image}`);
      cache.read(place, pixels);
      const into = images.subarray(i * pixels.length, (i + 1) * pixels.length);
      if (training?.augmentation) {
        const stream = random(training.seed, "augmentation", training.epoch, entry.image);
        const change = drawChange(training.augmentation, { size: cache.size, random: stream });
        applyChange(pixels, into, { size: cache.size, change });
      } else {
        for (let j = 0; j < pixels.length; j++) into[j] = pixels[j]! / 255;
      }
    }
    yield { count: indices.length, images, labels, indices };
  }
}

/** The places of entries in the order in which an epoch has them. */
function orderOf(
  entries: readonly Entry[],
  { findings, training }: { findings: readonly string[]; training: BatchesOptions["training"] | undefined },
): Int32Array<ArrayBuffer> {
  const order = Int32Array.from(entries, (_, index) => index);
  if (!training) return order;
  const stream = random(training.seed, "order", training.epoch, ...shardKey(training));
  return training.stratified ? stratifiedOrder(entries, { findings, random: stream }) : stream.shuffle(order);
}

/** The labels of entries, [entries, findings] row by row: 0, 1 or `UNKNOWN`. */
export function labelsOf(entries: readonly Entry[], findings: readonly string[]): Float32Array {
  const columns = new Map(findings.map((finding, column) => [finding, column]));
  const labels = new Float32Array(entries.length * findings.length);
  for (const [i, { labels: positive, unknown }] of entries.entries()) {
    for (const [names, value] of [[positive, 1], [unknown, UNKNOWN]] as const) {
      for (const name of names) {
        const column = columns.get(name);
        if (column !== undefined) labels[i * findings.length + column] = value;
      }
    }
  }
  return labels;
}

/** The first shard's stream is that of a training set which is not divided. */
function shardKey({ shard = 0 }: { shard?: number }): number[] {
  return shard === 0 ? [] : [shard];
}
