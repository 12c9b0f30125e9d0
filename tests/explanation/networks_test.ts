import { ok } from "node:assert/strict";
import { featureGradients } from "../../lib/explanation/feature_gradients.ts";
import { linearHeadGradients } from "../../lib/explanation/linear_head.ts";
import { saliency } from "../../lib/explanation/saliency.ts";
import { createModel, exportWeights, forward, type Model } from "../../lib/model/model.ts";
import { networkNamed } from "../../lib/model/networks.ts";
import { tf } from "../../lib/tensorflow/mod.ts";
import { formulaImages, livelyWeight, setFormulaWeights } from "../model/_formula.ts";
import { NAMES } from "../model/_networks.ts";

const OUTPUTS = 3;

/**
 * Class activation maps (Zhou et al., "Learning Deep Features for Discriminative Localization", 2016, equation 2)
 * [n, outputs, places], positive parts divided by their maximum. Where the last feature map is only averaged before
 * the last layer, Grad-CAM is this up to a factor (Selvaraju et al. 2017, section 3.1).
 */
function classActivationMaps(model: Model, images: tf.Tensor4D): tf.Tensor {
  let features: tf.Tensor4D | undefined;
  forward(model, images, {
    training: false,
    onTap: (name, x) => name === model.network.featureTap ? features = x : x,
  }).logits.dispose();
  const { shape, data } = exportWeights(model).get(`${model.network.head}/kernel`)!;
  const [n, height, width, channels] = features!.shape;
  const places = tf.reshape(features!, [n, height * width, channels]);
  const sums = tf.einsum("npc,cl->nlp", places, tf.tensor(data as Float32Array, [...shape]));
  const positive = tf.relu(sums);
  return tf.divNoNan(positive, tf.max(positive, [2], true));
}

/** Sees to it that the closed form gives the scores, features and gradients of automatic differentiation. */
function compareHeads(model: Model, images: tf.Tensor4D): void {
  tf.tidy(() => {
    const labels = tf.tensor2d([[0, 1, 2], [0, 1, 2]], undefined, "int32");
    const found = linearHeadGradients(model, images);
    const expected = featureGradients(model, images, { labels });
    const { logits } = forward(model, images, { training: false });
    for (
      const [a, b] of [
        [found.logits, logits],
        [found.features, expected.features],
        [found.gradients, expected.gradients],
      ] as const
    ) {
      ok(String(a.shape) === String(b.shape), `${a.shape} for ${b.shape}`);
      const [values, others] = [a.dataSync(), b.dataSync()] as [Float32Array, Float32Array];
      const most = others.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      const off = values.reduce((off, value, i) => Math.max(off, Math.abs(value - others[i]!)), 0);
      ok(most > 0 && off <= 1e-5 * most, `${off} off of ${most}`);
    }
  });
}

for (const name of NAMES) {
  Deno.test(`Grad-CAM of ${name} is its class activation map`, async () => {
    const imageSize = 96;
    const network = networkNamed(name, { imageSize, outputs: OUTPUTS, pooling: "global" });
    const model = createModel(network, { seed: 0 });
    setFormulaWeights(model, livelyWeight);
    const images = tf.tensor4d(formulaImages("images", 2 * imageSize ** 2), [2, imageSize, imageSize, 1])
      .tile([1, 1, 1, network.channels]) as tf.Tensor4D;
    const explain = saliency(model);
    const labels = tf.tensor2d([[0, 1, 2], [0, 1, 2]], undefined, "int32");
    const maps = await explain(images, labels);
    const expected = tf.tidy(() => classActivationMaps(model, images).dataSync());
    const found = maps.dataSync() as Float32Array;
    const off = found.reduce((most, value, i) => Math.max(most, Math.abs(value - expected[i]!)), 0);
    ok(off < 1e-4, `${off} off`);
    ok(maps.shape[2] >= 3 && found.includes(1) && Math.min(...found) < 0.9, "maps that say nothing");
    compareHeads(model, images);
    explain.dispose();
    tf.dispose([images, labels, maps]);
    model.dispose();
  });
}

Deno.test("the closed form of a linear head holds where squares are averaged and keep their places", () => {
  const imageSize = 64;
  const model = createModel(networkNamed("resnet11v2", { imageSize, outputs: OUTPUTS, pooling: "flatten" }), {
    seed: 0,
  });
  setFormulaWeights(model, livelyWeight);
  const images = tf.tensor4d(formulaImages("images", 2 * imageSize ** 2), [2, imageSize, imageSize, 1]);
  compareHeads(model, images);
  images.dispose();
  model.dispose();
});
