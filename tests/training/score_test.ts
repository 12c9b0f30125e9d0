import assert from "node:assert/strict";
import { createModel, forward } from "../../lib/model/model.ts";
import { resnetV2 } from "../../lib/model/resnet_v2.ts";
import { tf } from "../../lib/tensorflow/mod.ts";
import { scorer } from "../../lib/training/score.ts";

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
