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

/** Serves a folder's files, and takes what is sent. */
function serveFolder(folder: string) {
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, async (request) => {
    if (request.method === "POST") return new Response(`{"bytes":${(await request.bytes()).length}}`);
    const file = await Deno.readFile(join(folder, new URL(request.url).pathname)).catch(() => null);
    return new Response(file, { status: file ? 200 : 404 });
  });
  return { address: `http://127.0.0.1:${server.addr.port}`, [Symbol.asyncDispose]: () => server.shutdown() };
}

Deno.test("Tables are read from file:// and http://, and a generator over a file trains", async () => {
  await using folder = await temporaryFolder();
  await using server = serveFolder(folder.path);
  await Deno.writeTextFile(join(folder.path, "table.csv"), "x,y\n1,2\n3,6\n5,10\n");
  for (const address of [`file://${folder.path}/table.csv`, `${server.address}/table.csv`]) {
    const table = tf.data.csv(address, { columnConfigs: { y: { isLabel: true } } });
    assert.deepEqual(
      await table.toArray(),
      [[1, 2], [3, 6], [5, 10]].map(([x, y]) => ({ xs: { x }, ys: { y } })),
    );
    assert.deepEqual(await table.columnNames(), ["x", "y"]);
  }
  const samples = tf.data.generator(function* () {
    for (const line of Deno.readTextFileSync(join(folder.path, "table.csv")).trim().split("\n").slice(1)) {
      const [x, y] = line.split(",").map(Number);
      yield { xs: tf.tensor1d([x!]), ys: tf.tensor1d([y!]) };
    }
  }).batch(3);
  const model = tf.sequential({
    layers: [tf.layers.dense({ units: 1, useBias: false, kernelInitializer: "ones", inputShape: [1] })],
  });
  model.compile({ optimizer: tf.train.sgd(0.02), loss: "meanSquaredError" });
  await model.fitDataset(samples, { epochs: 40, verbose: 0 });
  assert.ok(Math.abs(model.getWeights()[0]!.dataSync()[0]! - 2) < 1e-4);
});

Deno.test("A model of layers goes over http://, both ways, and says what is missing", async () => {
  await using folder = await temporaryFolder();
  await using server = serveFolder(folder.path);
  const model = tf.sequential({ layers: [tf.layers.dense({ units: 3, inputShape: [2] })] });
  await model.save(`file://${folder.path}/model`);
  const read = await tf.loadLayersModel(`${server.address}/model/model.json`);
  const x = tf.tensor2d([[1, 2], [3, -4]]);
  assert.deepEqual((read.predict(x) as tf.Tensor).arraySync(), (model.predict(x) as tf.Tensor).arraySync());
  const { responses } = await read.save(`${server.address}/upload`);
  assert.equal(responses![0]!.status, 200);
  assert.ok((await responses![0]!.json()).bytes > 36);
  await assert.rejects(
    tf.loadLayersModel(`${server.address}/none/model.json`),
    /failed with status code 404/,
  );
});

Deno.test("A graph model is read from file:// and http://, and what came from either is saved", async () => {
  await using folder = await temporaryFolder();
  await using server = serveFolder(folder.path);
  const [type, dims] = [
    { type: "DT_FLOAT" },
    (...sizes: number[]) => ({ dim: sizes.map((size) => ({ size })) }),
  ];
  const node = [
    { name: "x", op: "Placeholder", attr: { dtype: type, shape: { shape: dims(-1, 2) } } },
    {
      name: "w",
      op: "Const",
      attr: { dtype: type, value: { tensor: { dtype: "DT_FLOAT", tensorShape: dims(2, 3) } } },
    },
    { name: "y", op: "MatMul", input: ["x", "w"], attr: { T: type } },
  ];
  const weights = [{ name: "w", shape: [2, 3], dtype: "float32" }];
  await Deno.mkdir(join(folder.path, "first"));
  await Deno.writeFile(
    join(folder.path, "first/w.bin"),
    new Uint8Array(Float32Array.of(1, 2, 3, 4, 5, 6).buffer),
  );
  await Deno.writeTextFile(
    join(folder.path, "first/model.json"),
    JSON.stringify({
      format: "graph-model",
      modelTopology: { node, versions: {} },
      weightsManifest: [{ paths: ["w.bin"], weights }],
    }),
  );
  const product = (
    model: tf.GraphModel,
  ) => [...(model.predict(tf.tensor2d([[1, 2]])) as tf.Tensor).dataSync()];
  for (const address of [`file://${folder.path}/first/model.json`, `${server.address}/first/model.json`]) {
    const model = await tf.loadGraphModel(address);
    assert.deepEqual(product(model), [9, 12, 15]);
    await model.save(`file://${folder.path}/second`);
    const again = await tf.loadGraphModel(`file://${folder.path}/second/model.json`);
    assert.deepEqual(product(again), [9, 12, 15], address);
    await Deno.remove(join(folder.path, "second"), { recursive: true });
  }
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
