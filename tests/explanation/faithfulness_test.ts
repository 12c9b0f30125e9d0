import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { join } from "node:path";
import type { SaliencyMap } from "../../lib/evaluation/baseline_maps.ts";
import { spearman, structuralSimilarity } from "../../lib/evaluation/map_similarity.ts";
import { classActivationMaps } from "../../lib/explanation/class_activation_maps.ts";
import { CLASS_ACTIVATION_METHODS } from "../../lib/explanation/class_activation_methods.ts";
import { linearImputation } from "../../lib/explanation/linear_imputation.ts";
import { perturbationCurves, perturbationScores } from "../../lib/explanation/perturbation_curves.ts";
import { layersFromLast, randomisedModel } from "../../lib/explanation/random_weights.ts";
import { saliency } from "../../lib/explanation/saliency.ts";
import { createModel, exportWeights, forward, type Model } from "../../lib/model/model.ts";
import { random } from "../../lib/support/random.ts";
import { tf } from "../../lib/tensorflow/mod.ts";
import { formulaImages, setFormulaWeights, wave } from "../model/_formula.ts";
import { plainNetwork } from "./_plain_network.ts";

type Method = typeof CLASS_ACTIVATION_METHODS[number];

interface Alike {
  spearman: number | null;
  ssim: number;
}

// Made by tests/oracles/faithfulness.py, with quantus and pytorch-grad-cam.
const PEERS: {
  similarity: { name: string; size: number; plain: Alike; cut: Alike }[];
  labels: number[];
  maps: Record<Method, number[][]>[];
  cascade: Record<Method, Alike & { map: number[][] }>[][];
  steps: number;
  removed: number[];
  curves: {
    deletion: number[];
    deletionArea: number;
    insertion: number[];
    withoutMost: number[];
    withoutLeast: number[];
  }[];
  imputed: number[][];
} = JSON.parse(
  await Deno.readTextFile(join(import.meta.dirname!, "../fixtures/explanation/faithfulness.json")),
);

const SIZE = 16;
const IMAGES = formulaImages("images", 2 * SIZE * SIZE);

function plainModel(): Model {
  const model = createModel(plainNetwork({ imageSize: SIZE, outputs: 5 }), { seed: null });
  setFormulaWeights(model);
  return model;
}

function mapOf(values: ArrayLike<number>): SaliencyMap {
  const side = Math.sqrt(values.length);
  return { values, width: side, height: side };
}

function near(found: ArrayLike<number>, expected: ArrayLike<number>, within: number): void {
  equal(found.length, expected.length);
  const off = Array.from(found).reduce((most, value, i) => Math.max(most, Math.abs(value - expected[i]!)), 0);
  ok(off < within, `${off} off`);
}

function compare(
  first: SaliencyMap,
  second: SaliencyMap,
  { spearman: rank, ssim }: Alike,
  within: number,
): void {
  const found = spearman(first, second);
  if (rank === null) equal(found, null);
  else near([found!], [rank], within);
  near([structuralSimilarity(first, second)!], [ssim], within);
}

Deno.test("similarities of maps are quantus', many equal cells or none", () => {
  for (const { name, size, plain, cut } of PEERS.similarity) {
    const [a, b] = ["a", "b"].map((which) => wave(`${name} ${which}`, size * size)) as [
      Float64Array,
      Float64Array,
    ];
    compare(mapOf(a), mapOf(b), plain, 1e-9);
    const smooth = a.slice();
    for (let i = size; i < smooth.length; i++) smooth[i]! += smooth[i - size]!;
    const positive = (values: Float64Array) => mapOf(values.map((value) => Math.max(value, 0)));
    compare(positive(smooth), positive(smooth.map((value, i) => value + 0.3 * b[i]!)), cut, 1e-9);
  }
});

Deno.test("a map of one value orders nothing, small maps have no windows, and sizes have to agree", () => {
  const [flat, slope] = [mapOf(new Float64Array(36)), mapOf(Float64Array.from({ length: 36 }, (_, i) => i))];
  equal(spearman(flat, slope), null);
  equal(spearman(slope, slope), 1);
  equal(structuralSimilarity(slope, slope), null);
  equal(structuralSimilarity(mapOf(new Float64Array(64)), mapOf(new Float64Array(64))), null);
  throws(() => spearman(flat, mapOf(new Float64Array(64))), {
    name: "RangeError",
    message: "A map of 6x6 cannot be compared with one of 8x8",
  });
});

Deno.test("maps of trained and of more and more random weights are pytorch-grad-cam's, and their similarity quantus'", async () => {
  const model = plainModel();
  using randomised = randomisedModel(model);
  const explain = classActivationMaps(randomised.model);
  const images = tf.tensor4d(IMAGES, [2, SIZE, SIZE, 1]);
  const labels = tf.tensor2d(PEERS.labels, [2, 1], "int32");
  async function maps(layers: number): Promise<SaliencyMap[][]> {
    randomised.randomise(layers, 1);
    const found = await explain(images, labels);
    const values = found.dataSync() as Float32Array;
    found.dispose();
    const count = CLASS_ACTIVATION_METHODS.length;
    return [0, 1].map((i) =>
      CLASS_ACTIVATION_METHODS.map((_, m) =>
        mapOf(values.slice((i * count + m) * 64, (i * count + m + 1) * 64))
      )
    );
  }
  deepEqual(layersFromLast(model), ["dense", "batch_normalization", "conv2d_1", "conv2d"]);
  const trained = await maps(0);
  for (const [i, own] of PEERS.maps.entries()) {
    CLASS_ACTIVATION_METHODS.forEach((method, m) =>
      // pytorch-grad-cam adds 1e-6 to the denominator of Grad-CAM++.
      near(trained[i]![m]!.values, own[method].flat(), method === "grad-cam++" ? 2e-3 : 1e-5)
    );
  }
  for (const [stage, expected] of PEERS.cascade.entries()) {
    const found = await maps(stage + 1);
    for (const [i, own] of expected.entries()) {
      CLASS_ACTIVATION_METHODS.forEach((method, m) => {
        const isPlusPlus = method === "grad-cam++";
        near(found[i]![m]!.values, own[method].map.flat(), isPlusPlus ? 2e-3 : 1e-5);
        compare(trained[i]![m]!, found[i]![m]!, own[method], isPlusPlus ? 2e-2 : 1e-4);
      });
    }
  }
  const last = exportWeights(randomised.model);
  const fresh = createModel(model.network, { seed: 1 });
  deepEqual(last, exportWeights(fresh));
  explain.dispose();
  tf.dispose([images, labels]);
  for (const each of [model, fresh]) each.dispose();
});

Deno.test("all methods at once are each method alone, and the model that is randomised stays as it was", async () => {
  const model = plainModel();
  const before = exportWeights(model);
  const images = tf.tensor4d(IMAGES, [2, SIZE, SIZE, 1]);
  const labels = tf.tensor2d([0, 4], [2, 1], "int32");
  const all = classActivationMaps(model);
  const found = await all(images, labels);
  for (const [m, method] of CLASS_ACTIVATION_METHODS.entries()) {
    const alone = saliency(model, { method });
    const maps = await alone(images, labels);
    deepEqual(tf.slice(found, [0, m, 0, 0], [2, 1, 8, 8]).dataSync(), maps.dataSync());
    alone.dispose();
  }
  {
    using randomised = randomisedModel(model);
    randomised.randomise(4, 3);
  }
  deepEqual(exportWeights(model), before);
  all.dispose();
  model.dispose();
});

Deno.test("deletion and insertion are quantus' pixel flipping, and ROAD pytorch-grad-cam's without noise", async () => {
  const model = plainModel();
  const map = mapOf(Float32Array.from(wave("order", SIZE * SIZE)));
  for (const [i, expected] of PEERS.curves.entries()) {
    const pixels = IMAGES.subarray(i * SIZE * SIZE, (i + 1) * SIZE * SIZE);
    const curves = await perturbationCurves(map, {
      pixels,
      size: SIZE,
      score: (images) =>
        Promise.resolve(tf.tidy(() => {
          const input = tf.tensor4d(Float32Array.from(images.flatMap((image) => [...image])), [
            images.length,
            SIZE,
            SIZE,
            1,
          ]);
          const { logits } = forward(model, input, { training: false });
          return tf.sigmoid(tf.slice(logits, [0, PEERS.labels[i]!], [-1, 1])).dataSync();
        })),
    }, { steps: PEERS.steps, removed: PEERS.removed, noise: 0, random: random(0, "test") });
    near(curves.deletion.slice(1), expected.deletion, 1e-6);
    near(curves.insertion.slice(1), expected.insertion, 1e-6);
    near(curves.withoutMost, expected.withoutMost, 1e-5);
    near(curves.withoutLeast, expected.withoutLeast, 1e-5);
    near(
      [curves.insertion[0]!, curves.deletion[0]!],
      [expected.deletion.at(-1)!, expected.insertion.at(-1)!],
      1e-6,
    );
    // Quantus' area leaves out the untouched image, and counts steps.
    const area = (expected.deletionArea + (curves.deletion[0]! + expected.deletion[0]!) / 2) / PEERS.steps;
    const scores = perturbationScores(curves);
    near([scores.deletion], [area], 1e-6);
    const { withoutMost: most, withoutLeast: least } = expected;
    near(
      [scores.road],
      [least.reduce((sum, value, j) => sum + (value - most[j]!) / 2, 0) / most.length],
      1e-5,
    );
  }
  model.dispose();
});

Deno.test("holes are filled in as pytorch-grad-cam's linear imputation fills them, at the border too", () => {
  const missing = Array.from({ length: SIZE * SIZE }, (_, place) => place).filter((place) => {
    const [row, column] = [Math.floor(place / SIZE), place % SIZE];
    return (row >= 3 && row < 9 && column < 7) || (row >= 12 && column >= 10);
  });
  const image = IMAGES.slice(0, SIZE * SIZE);
  near(linearImputation(image, missing, { size: SIZE }), PEERS.imputed.flat(), 1e-4);
  deepEqual(linearImputation(image, [], { size: SIZE }), image);
  throws(() => linearImputation(image, [...image.keys()], { size: SIZE }), RangeError);
});
