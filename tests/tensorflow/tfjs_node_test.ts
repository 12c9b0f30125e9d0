import assert from "node:assert/strict";
import { join } from "node:path";
import { tf } from "../../lib/tensorflow/mod.ts";
import { temporaryFolder } from "../_folders.ts";

const IMAGES = join(import.meta.dirname!, "../fixtures/tensorflow/test_objects/images");

Deno.test("A model of layers is saved under file:// and read back with its optimizer", async () => {
  await using folder = await temporaryFolder();
  const model = tf.sequential({ layers: [tf.layers.dense({ units: 3, inputShape: [2] })] });
  model.compile({ optimizer: tf.train.adam(0.025), loss: "meanSquaredError" });
  await model.save(`file://${folder.path}/model`, { includeOptimizer: true });
  const read = await tf.loadLayersModel(`file://${folder.path}/model/model.json`);
  const x = tf.tensor2d([[1, 2], [3, -4]]);
  assert.deepEqual((read.predict(x) as tf.Tensor).arraySync(), (model.predict(x) as tf.Tensor).arraySync());
  assert.equal(
    (read as unknown as { optimizer: tf.AdamOptimizer }).optimizer.getConfig().learningRate,
    0.025,
  );
});

Deno.test("tf.node decodes and encodes images", async () => {
  const pixels = [[[238, 101, 0], [50, 50, 50]], [[100, 50, 0], [200, 100, 50]]];
  for (const name of ["image_png_test.png", "image_bmp_test.bmp"]) {
    assert.deepEqual(tf.node.decodeImage(await Deno.readFile(join(IMAGES, name))).arraySync(), pixels);
  }
  const png = await tf.node.encodePng(tf.tensor3d(pixels, undefined, "int32"));
  assert.deepEqual(tf.node.decodePng(png).arraySync(), pixels);
});

Deno.test("The strings of tensors are freed with them", () => {
  const text = new Uint8Array(1e6).fill(65);
  const used = () => {
    for (let i = 0; i < 300; i++) tf.tensor([text], [1], "string").reshape([1, 1]).dispose();
    return Deno.memoryUsage().rss;
  };
  tf.tidy(() => {
    const [first, second] = [tf.tidy(used), tf.tidy(used)];
    assert.ok(second - first < 100e6, `${first} bytes, and ${second} after 300 strings of 1 MB more`);
  });
});
