import { deepEqual, equal, ok, rejects, throws } from "node:assert/strict";
import { join } from "node:path";
import { tf } from "../../lib/tensorflow/mod.ts";
import { saliency, SALIENCY_METHODS, type SaliencyMethod } from "../../lib/explanation/saliency.ts";
import { createModel, type Model } from "../../lib/model/model.ts";
import type { Network } from "../../lib/model/network.ts";
import { resnetV2 } from "../../lib/model/resnet_v2.ts";
import { elementCount } from "../../lib/weight_files/stored_tensor.ts";
import { plainNetwork } from "./_plain_network.ts";
import { formulaImages, formulaWeight, setFormulaWeights } from "../model/_formula.ts";

interface Case {
  size: number;
  maps: Record<SaliencyMethod, number[][][][]>;
}

// Made by tests/oracles/saliency.py.
const KERAS: { outputs: number; labels: number[][]; resnet: Case; plain: Case } = JSON.parse(
  await Deno.readTextFile(join(import.meta.dirname!, "../fixtures/explanation/saliency.json")),
);

const NETWORKS: Record<"resnet" | "plain", Network> = {
  resnet: resnetV2({ depth: 11, imageSize: KERAS.resnet.size, filters: 4, outputs: KERAS.outputs }),
  plain: plainNetwork({ imageSize: KERAS.plain.size, outputs: KERAS.outputs }),
};

function modelOf(name: keyof typeof NETWORKS): Model {
  const model = createModel(NETWORKS[name], { seed: 0 });
  setFormulaWeights(model);
  return model;
}

function imagesOf({ size }: Case, count = KERAS.labels.length): tf.Tensor4D {
  return tf.tensor4d(formulaImages("images", count * size * size), [count, size, size, 1]);
}

async function mapsOf(model: Model, options: Parameters<typeof saliency>[1], kase: Case) {
  const explain = saliency(model, options);
  const images = imagesOf(kase);
  const labels = tf.tensor2d(KERAS.labels, undefined, "int32");
  const maps = await explain(images, labels);
  const result = { shape: maps.shape, values: maps.dataSync() };
  tf.dispose([images, labels, maps]);
  explain.dispose();
  return result;
}

for (const name of ["resnet", "plain"] as const) {
  for (const method of SALIENCY_METHODS) {
    Deno.test(`${method} of the ${name} network agrees with Keras and numpy`, async () => {
      const { [name]: kase } = KERAS;
      const model = modelOf(name);
      const layer = name === "resnet" ? "features" : "early";
      const occlusion = { patch: 3 * kase.size / 16, stride: kase.size / 8 };
      const { shape, values } = await mapsOf(model, { method, layer, occlusion }, kase);
      const { [method]: expected } = kase.maps;
      deepEqual(shape, [2, 5, expected[0]![0]!.length, expected[0]![0]![0]!.length]);
      const off = expected.flat(3).reduce(
        (most, value, i) => Math.max(most, Math.abs(value - values[i]!)),
        0,
      );
      // Keras in float64 is the reference: in float32 its own Grad-CAM of the resnet is 2e-5 off it with these images.
      // Occlusion takes the difference of two logits, which have float32's error each.
      ok(off < (method === "occlusion" ? 1e-4 : 1e-5), `${off} off`);
      model.dispose();
    });
  }
}

Deno.test("the last feature map and Grad-CAM are looked at where nothing else is said", async () => {
  const model = modelOf("plain");
  const plain = await mapsOf(model, {}, KERAS.plain);
  const said = await mapsOf(model, { method: "grad-cam", layer: "late" }, KERAS.plain);
  deepEqual(plain, said);
  model.dispose();
});

Deno.test("a map is 0 everywhere where nothing speaks for the label", async () => {
  const model = modelOf("plain");
  setFormulaWeights(model, (name, shape) => {
    const weight = formulaWeight(name, shape);
    return name.startsWith("dense/")
      ? { ...weight, dtype: "F32", data: new Float32Array(elementCount(shape)) }
      : weight;
  });
  for (const method of SALIENCY_METHODS) {
    const { values } = await mapsOf(model, { method }, KERAS.plain);
    ok(values.every((value) => value === 0), method);
  }
  model.dispose();
});

Deno.test("maps of an image do not depend on the other images and labels, and leave nothing behind", async () => {
  const model = modelOf("resnet");
  const whole = await mapsOf(model, {}, KERAS.resnet);
  const before = tf.memory().numTensors;
  const explain = saliency(model);
  const images = tf.tidy(() => tf.slice(imagesOf(KERAS.resnet), [1], [1]));
  for (const [place, label] of KERAS.labels[1]!.entries()) {
    const labels = tf.tensor2d([[label]], undefined, "int32");
    const map = await explain(images, labels);
    const start = (5 + place) * 256;
    const expected = whole.values.subarray(start, start + 256);
    ok(map.dataSync().every((value, i) => Math.abs(value - expected[i]!) < 1e-5));
    tf.dispose([labels, map]);
  }
  images.dispose();
  explain.dispose();
  equal(tf.memory().numTensors, before);
  model.dispose();
});

Deno.test("a feature map that the network lacks, and a stride that does not divide the image, are refused", async () => {
  const model = modelOf("plain");
  await rejects(mapsOf(model, { layer: "features" }, KERAS.plain), {
    name: "InputError",
    message: 'plain has no feature map "features", only early,late',
  });
  throws(() => saliency(model, { method: "occlusion", occlusion: { stride: 5 } }), {
    name: "InputError",
    message: "occlusion stride 5: has to divide the image size 16",
  });
  model.dispose();
});
