import assert from "node:assert/strict";
import { dropout, graph, profile, seedRandom, tf } from "../../lib/tensorflow/mod.ts";

const filters = tf.randomNormal([3, 3, 4, 8], 0, 0.3, "float32", 1) as tf.Tensor4D;
const images = tf.randomNormal([16, 8, 8, 4], 0, 1, "float32", 2) as tf.Tensor4D;

function runsOf(operations: readonly { operation: string; runs: number }[]): Record<string, number> {
  return Object.fromEntries(operations.map(({ operation, runs }) => [operation, runs]));
}

Deno.test("profile() counts and times operations, in graphs and outside, and nothing is left over", async () => {
  const step = graph((x: tf.Tensor4D) => {
    const features = tf.relu(tf.conv2d(x, filters, 1, "same")).reshape([16, 512]) as tf.Tensor2D;
    return tf.matMul(features, features, false, true);
  });
  step(images).dispose();
  const before = tf.memory().numTensors;
  const start = 1000 * (performance.timeOrigin + performance.now());
  const { result, operations, chromeTrace } = await profile(async () => {
    step(images).dispose();
    (await step.run(images)).dispose();
    return tf.conv2d(images, filters, 1, "same");
  });
  const passed = 1000 * (performance.timeOrigin + performance.now()) - start;
  const runs = runsOf(operations);
  const products = Object.keys(runs).filter((name) => name.endsWith("MatMul") || name.endsWith("MatMulV2"));
  assert.equal(products.length, 1);
  assert.equal(runs[products[0]!], 2);
  // Outside it runs by itself; in a graph it may be joined with the rectifier.
  assert.equal((runs.Conv2D ?? 0) + (runs._FusedConv2D ?? 0), 3);
  assert.ok(
    operations.every(({ milliseconds }, i) => milliseconds <= (operations[i - 1]?.milliseconds ?? Infinity)),
  );
  assert.ok(Math.abs(operations.reduce((sum, { percent }) => sum + percent, 0) - 100) < 1e-6);

  const { traceEvents } = JSON.parse(chromeTrace);
  const times = traceEvents.filter(({ ph }: { ph: string }) => ph === "X");
  assert.equal(times.length, operations.reduce((sum, { runs }) => sum + runs, 0));
  for (const { name, ts, dur, pid } of times) {
    assert.ok(name in runs && ts >= 0 && dur >= 0 && ts + dur <= passed, `${name} ${ts} ${dur} ${passed}`);
    assert.equal(typeof traceEvents[pid].args.name, "string");
  }
  result.dispose();
  assert.equal(tf.memory().numTensors, before);
  step.dispose();
});

Deno.test("A step that is profiled gives the bits that it gives without", async () => {
  const train = async (around: (work: () => tf.Tensor) => tf.Tensor | Promise<tf.Tensor>) => {
    const weights = tf.variable(filters);
    const optimizer = tf.train.adam(0.01);
    const step = graph((x: tf.Tensor4D) =>
      optimizer.minimize(
        () => {
          const map = tf.relu(
            tf.conv2d(dropout(x, 0.3) as tf.Tensor4D, weights, 1, "same"),
          );
          return tf.mean(tf.square(map)) as tf.Scalar;
        },
        true,
        [weights],
      )!
    );
    const losses: number[] = [];
    for (let i = 0; i < 4; i++) losses.push((await around(() => step(images))).dataSync()[0]!);
    return [...losses, ...weights.dataSync()];
  };
  seedRandom(3);
  const expected = await train((work) => work());
  seedRandom(3);
  assert.deepEqual(await train(async (work) => (await profile(work)).result), expected);
});

Deno.test("profile() shows what a model of layers does, and ends where its work fails", async () => {
  const model = tf.sequential({
    layers: [
      tf.layers.conv2d({ filters: 2, kernelSize: 3, inputShape: [8, 8, 1] }),
      tf.layers.flatten(),
      tf.layers.dense({ units: 1 }),
    ],
  });
  model.compile({ optimizer: "sgd", loss: "meanSquaredError" });
  const [x, y] = [tf.ones([4, 8, 8, 1]), tf.ones([4, 1])];
  const { operations } = await profile(() => model.fit(x, y, { epochs: 3, batchSize: 4, verbose: 0 }));
  assert.equal(runsOf(operations).Conv2DBackpropFilter, 3);

  await assert.rejects(profile(() => profile(() => 1)), /made already/);
  await assert.rejects(profile(() => tf.matMul(tf.ones([2, 3]), tf.ones([2, 3]))), /^Error: BatchMatMulV2: /);
  assert.deepEqual((await profile(() => 7)).operations, []);
});
