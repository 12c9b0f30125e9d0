/**
 * Makes a run of a network with the weights of no training, exports it, and writes what Thorax says of three images, for
 * exported_networks.py to compare with:
 *
 *     deno run -A tests/oracles/exported_networks.ts FOLDER resnet20v2 64 [global]
 *     python tests/oracles/exported_networks.py FOLDER/expected.safetensors FOLDER/model.onnx ...
 *
 * Of the format for TensorFlow.js it says itself how far that is, in Chromium.
 */
import { join } from "node:path";
import { FORMAT_NAMES } from "../../lib/export/format_names.ts";
import { saliency } from "../../lib/explanation/saliency.ts";
import { forward } from "../../lib/model/model.ts";
import { exportRun } from "../../lib/runs/export_run.ts";
import { loadRun } from "../../lib/runs/load_run.ts";
import { InputError } from "../../lib/support/input_error.ts";
import { random } from "../../lib/support/random.ts";
import { tf } from "../../lib/tensorflow/mod.ts";
import { safetensorsFile } from "../../lib/weight_files/safetensors.ts";
import type { StoredTensor } from "../../lib/weight_files/stored_tensor.ts";
import { runGraphModel } from "../export/_stock_tfjs.ts";
import { makeRun } from "../export/_untrained_run.ts";
import { startChromium } from "../plots/_chromium.ts";

const IMAGES = 3;

const [folder, network, size, pooling] = Deno.args;
const [imageSize, dir] = [Number(size), join(folder!, "run")];
await makeRun(dir, { network, imageSize, ...(pooling ? { pooling } : {}) });
for (const { name, ending } of FORMAT_NAMES) {
  const out = join(folder!, ending === null ? name : `${name === "torch" ? name : "model"}${ending}`);
  try {
    await exportRun(dir, { format: name, out });
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    console.log(error.message);
  }
}

const { model, findings } = await loadRun(dir);
const draw = random(0, "images");
const pixels = Uint8Array.from({ length: IMAGES * imageSize ** 2 }, () => draw.integer(256));
const images = tf.tensor4d(Float32Array.from(pixels, (value) => value / 255), [
  IMAGES,
  imageSize,
  imageSize,
  1,
]);
let features: tf.Tensor | undefined;
const { logits } = forward(model, images, {
  training: false,
  onTap: (name, x) => (features = name === model.network.featureTap ? x : features, x),
});
const labels = tf.tensor2d(
  Array.from({ length: IMAGES }, () => findings.map((_, label) => label)),
  undefined,
  "int32",
);
const maps = await saliency(model)(images, labels);
const stored = (tensor: tf.Tensor): StoredTensor => ({
  dtype: "F32",
  shape: [...tensor.shape],
  data: tensor.dataSync() as Float32Array,
});
await Deno.writeFile(
  join(folder!, "expected.safetensors"),
  safetensorsFile(
    new Map([
      ["pixels", { dtype: "U8", shape: [IMAGES, imageSize, imageSize], data: pixels }],
      ["logits", stored(logits)],
      ["features", stored(features!)],
      ["maps", stored(maps)],
    ]),
    { checksum: false },
  ),
);

const largest = (values: ArrayLike<number>) =>
  Array.from(values).reduce((m, x) => Math.max(m, Math.abs(x)), 1);
const browser = await startChromium();
try {
  for (const backend of ["cpu", "webgl"] as const) {
    const { outputs } = await runGraphModel(browser, join(folder!, "tfjs"), {
      pixels,
      shape: [IMAGES, imageSize, imageSize, 1],
      backend,
    });
    for (const [name, tensor] of [["logits", logits], ["features", features!]] as const) {
      const expected = tensor.dataSync();
      const off = largest(expected.map((x, i) => (x - outputs[name]!.values[i]!) * 1e9)) / 1e9;
      console.log(`TensorFlow.js ${backend}: ${name} ${(off / largest(expected)).toExponential(1)}`);
    }
  }
} finally {
  await browser.close();
}
