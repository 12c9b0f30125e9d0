import { ok } from "node:assert/strict";
import { existsSync, globSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { createModel, forward, importWeights } from "../../lib/model/model.ts";
import { networkNamed } from "../../lib/model/networks.ts";
import { importTorchWeights } from "../../lib/model/torch_weights.ts";
import { readTorchCheckpoint } from "../../lib/weight_files/torch_checkpoint.ts";
import { tf } from "../../lib/tensorflow/mod.ts";

const PROJECT = join(import.meta.dirname!, "../..");
/** Put there by `deno task train --weights imagenet`. */
const WEIGHTS = join(PROJECT, "data/weights/efficientnet-lite0.pth");
/** scikit-learn's sample pictures, which come with what `deno task bench` installs. */
const [PICTURES] = globSync(
  join(PROJECT, ".bench/python/lib/*/site-packages/sklearn/datasets/images"),
) as string[];
const SIZE = 224;

/** ImageNet's classes by their number that a picture may be taken for. */
const CLASSES: Record<string, Record<number, string>> = {
  "china.jpg": { 442: "bell cote", 483: "castle", 663: "monastery", 698: "palace" }, // the Summer Palace
  "flower.jpg": { 985: "daisy" }, // a dahlia, for which ImageNet has no class
};

Deno.test({
  name: "EfficientNet-Lite0 names what is in photographs (where data/weights and .bench/python are)",
  ignore: !existsSync(WEIGHTS) || PICTURES === undefined,
}, async () => {
  const model = createModel(networkNamed("efficientnet-lite0", { imageSize: SIZE, outputs: 1000 }), {
    seed: 0,
  });
  importWeights(
    model,
    importTorchWeights(model, await readTorchCheckpoint(WEIGHTS), { from: WEIGHTS }).tensors,
    WEIGHTS,
  );
  for (const [picture, classes] of Object.entries(CLASSES)) {
    const { data, info } = await sharp(join(PICTURES!, picture)).resize(SIZE, SIZE).raw()
      .toBuffer({ resolveWithObject: true });
    const best = tf.tidy(() => {
      const pixels = tf.tensor4d(Float32Array.from(data), [1, SIZE, SIZE, info.channels]);
      const { logits } = forward(model, tf.div(pixels, 255), { training: false });
      return tf.topk(logits, 3).indices.dataSync();
    });
    ok(best[0]! in classes, `${picture}: ${best}`);
  }
  model.dispose();
});
