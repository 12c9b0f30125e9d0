import assert from "node:assert/strict";
import type { ImageCache } from "../../lib/dataset/image_cache.ts";
import { NIH_FINDINGS } from "../../lib/dataset/nih_findings.ts";
import type { Entry } from "../../lib/dataset/entry.ts";
import { createModel, forward } from "../../lib/model/model.ts";
import { resnetV2 } from "../../lib/model/resnet_v2.ts";
import { tf } from "../../lib/tensorflow/mod.ts";
import { scoreImages, scorer } from "../../lib/training/score.ts";

Deno.test("scores in bfloat16 are those in float32 but for rounding", async () => {
  const model = createModel(resnetV2({ depth: 20, imageSize: 32, outputs: 14 }), { seed: 1 });
  const images = tf.randomUniform([4, 32, 32, 1], 0, 1, "float32", 1);
  const [exact, rounded] = await Promise.all((["float32", "bfloat16"] as const).map(async (precision) => {
    const score = scorer(model, { precision });
    const logits = await score.run(images);
    score.dispose();
    return logits;
  })) as [tf.Tensor, tf.Tensor];
  const scale = tf.max(tf.abs(exact)).dataSync()[0]!;
  const difference = tf.max(tf.abs(tf.sub(exact, rounded))).dataSync()[0]! / scale;
  assert(difference < 0.03, `${difference} of ${scale}`);
  tf.dispose([images, exact, rounded]);
  model.dispose();
});

Deno.test("scores of a graph are those of its operations one by one, with whatever weights", async () => {
  const model = createModel(resnetV2({ depth: 20, imageSize: 32, outputs: 14 }), { seed: 1 });
  const score = scorer(model);
  const images = tf.randomUniform([4, 32, 32, 1], 0, 1, "float32", 1) as tf.Tensor4D;
  const eager = tf.tidy(() => {
    const { weights, moving } = model;
    weights.assign(tf.add(weights, tf.randomNormal(weights.shape, 0, 0.05, "float32", 2)));
    moving.assign(tf.add(moving, tf.randomUniform(moving.shape, 0, 0.5, "float32", 3)));
    return forward(model, images, { training: false }).logits;
  });
  const logits = await score.run(images);
  const scale = tf.max(tf.abs(eager)).dataSync()[0]!;
  const difference = tf.max(tf.abs(tf.sub(eager, logits))).dataSync()[0]! / scale;
  assert(difference < 1e-5, `${difference} of ${scale}`);
  tf.dispose([images, eager, logits]);
  score.dispose();
  model.dispose();
});

/** Images whose pixels follow from their place. */
function madeUp(count: number): { cache: ImageCache; entries: Entry[] } {
  const names = Array.from({ length: count }, (_, i) => `${i}.png`);
  const entries = names.map((image, i): Entry => ({
    image,
    labels: [NIH_FINDINGS[i % NIH_FINDINGS.length]!],
    followUp: 0,
    patient: String(100 + i),
    unknown: [],
    age: null,
    sex: "F",
    view: "PA",
  }));
  const read = (index: number, into: Uint8Array) => into.fill(10 * index);
  return {
    cache: { size: 32, names, indexOf: (name) => parseInt(name), read, [Symbol.dispose]() {} },
    entries,
  };
}

Deno.test("scoreImages scores batches side by side and gives them in order", async () => {
  const model = createModel(resnetV2({ depth: 11, imageSize: 32, outputs: 14 }), { seed: 1 });
  const score = scorer(model);
  const { cache, entries } = madeUp(11);
  const progress: number[] = [];
  const before = tf.memory().numTensors;
  const { predictions, logits } = await scoreImages(score, { cache, entries, findings: NIH_FINDINGS }, {
    batchSize: 2,
    onProgress: (done) => progress.push(done),
  });
  assert.equal(tf.memory().numTensors, before);
  assert.equal(progress.length, 6);
  assert.equal(Math.max(...progress), 11);
  assert.deepEqual(predictions.patients, entries.map(({ patient }) => patient));
  for (let i = 0; i < 11; i++) {
    const alone = await scoreImages(score, { cache, entries: [entries[i]!], findings: NIH_FINDINGS }, {
      batchSize: 2,
    });
    assert.deepEqual(logits.slice(i * 14, (i + 1) * 14), alone.logits, `image ${i}`);
    assert.deepEqual(predictions.truth.slice(i * 14, (i + 1) * 14), alone.predictions.truth, `image ${i}`);
  }
  score.dispose();
  model.dispose();
});

Deno.test("scoreImages that is stopped, or misses an image, waits for what is under way and leaves nothing", async () => {
  const model = createModel(resnetV2({ depth: 11, imageSize: 32, outputs: 14 }), { seed: 1 });
  const score = scorer(model);
  const { cache, entries } = madeUp(11);
  const before = tf.memory().numTensors;
  const stop = new AbortController();
  const progress: number[] = [];
  const stopped = scoreImages(score, { cache, entries, findings: NIH_FINDINGS }, {
    batchSize: 1,
    signal: stop.signal,
    onProgress: (done) => {
      progress.push(done);
      stop.abort(new Error("enough"));
    },
  });
  await assert.rejects(stopped, { message: "enough" });
  assert(progress.length < 4, `${progress}`);
  const missing = { ...cache, indexOf: (name: string) => name === "5.png" ? undefined : parseInt(name) };
  await assert.rejects(
    scoreImages(score, { cache: missing, entries, findings: NIH_FINDINGS }, { batchSize: 1 }),
    /no image 5.png/,
  );
  assert.equal(tf.memory().numTensors, before);
  score.dispose();
  model.dispose();
});
