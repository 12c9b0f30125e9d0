import assert from "node:assert/strict";
import type { Entry } from "../../lib/dataset/entry.ts";
import type { ImageCache } from "../../lib/dataset/image_cache.ts";
import { createModel } from "../../lib/model/model.ts";
import type { Network } from "../../lib/model/network.ts";
import { recomputeStatistics } from "../../lib/training/recompute_statistics.ts";
import { random } from "../../lib/support/random.ts";
import { tf } from "../../lib/tensorflow/mod.ts";

const SIZE = 4;

/** Batch normalisation of the images themselves, so that its statistics can be worked out from the pixels. */
const NETWORK: Network = {
  name: "normalised",
  imageSize: SIZE,
  channels: 1,
  outputs: 1,
  featureTap: "none",
  head: "dense",
  forward: (layers, images) => tf.mean(layers.batchNormalization(images), [1, 2]) as tf.Tensor2D,
};

/** `count` images of random pixels, and their entries. */
function randomImages(count: number): { cache: ImageCache; entries: Entry[]; pixels: Uint8Array[] } {
  const { integer } = random(5, "pixels");
  const pixels = Array.from(
    { length: count },
    () => Uint8Array.from({ length: SIZE ** 2 }, () => integer(256)),
  );
  const names = pixels.map((_, i) => `${i}.png`);
  return {
    pixels,
    cache: {
      size: SIZE,
      names,
      indexOf: (name) => names.indexOf(name),
      read: (index, into) => into.set(pixels[index]!),
      [Symbol.dispose]() {},
    },
    entries: names.map((image): Entry => ({
      image,
      labels: [],
      unknown: [],
      followUp: 0,
      patient: image,
      age: null,
      sex: null,
      view: "PA",
    })),
  };
}

/** The mean of some values, and their variance, of the values themselves as Keras' batch normalisation keeps it. */
function momentsOf(values: readonly number[]): [number, number] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return [mean, values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length];
}

Deno.test("running statistics become those of the training images, whatever they were", async () => {
  const { cache, entries, pixels } = randomImages(8);
  const model = createModel(NETWORK, { seed: 1 });
  model.moving.assign(tf.tensor1d([40, 2]));
  const tensors = tf.memory().numTensors;
  await recomputeStatistics(model, { cache, entries }, { batchSize: 8, seed: 0 });
  assert.equal(tf.memory().numTensors, tensors);
  const wanted = momentsOf(pixels.flatMap((image) => Array.from(image, (value) => value / 255)));
  model.moving.dataSync().forEach((value, i) =>
    assert(Math.abs(value - wanted[i]!) < 1e-6, `${value} ${wanted[i]}`)
  );
  model.dispose();
});

Deno.test("several batches' statistics are averaged, and what fills no batch is left out", async () => {
  const { cache, entries } = randomImages(7);
  const model = createModel(NETWORK, { seed: 1 });
  const found: number[][] = [];
  for (const batchSize of [3, 7]) {
    await recomputeStatistics(model, { cache, entries }, { batchSize, seed: 0 });
    found.push([...model.moving.dataSync()]);
  }
  assert.notDeepEqual(found[0], found[1]);
  await recomputeStatistics(model, { cache, entries }, { batchSize: 3, seed: 0 });
  assert.deepEqual([...model.moving.dataSync()], found[0]);
  // Fewer images than a batch: the statistics stay.
  await recomputeStatistics(model, { cache, entries }, { batchSize: 8, seed: 0 });
  assert.deepEqual([...model.moving.dataSync()], found[0]);
  model.dispose();
});

Deno.test("a signal ends the work and leaves the statistics", async () => {
  const { cache, entries } = randomImages(8);
  const model = createModel(NETWORK, { seed: 1 });
  model.moving.assign(tf.tensor1d([40, 2]));
  const signal = AbortSignal.abort(new Error("stopped"));
  await assert.rejects(
    recomputeStatistics(model, { cache, entries }, { batchSize: 4, seed: 0, signal }),
    /stopped/,
  );
  assert.deepEqual([...model.moving.dataSync()], [40, 2]);
  model.dispose();
});
