/** `tf.data` as its documentation describes it. */
import assert from "node:assert/strict";
import { tf } from "../../lib/tensorflow/mod.ts";

type Container = Parameters<typeof tf.data.array>[0][number];

/** The elements of a data set, tensors as their values. */
async function elements(dataset: tf.data.Dataset<tf.TensorContainer>): Promise<unknown[]> {
  const found: unknown[] = [];
  await dataset.forEachAsync((element) => void found.push(plain(element)));
  return found;
}

function plain(value: tf.TensorContainer): unknown {
  if (value instanceof tf.Tensor) return value.arraySync();
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner as Container)]));
}

const numbers = (count: number) => tf.data.array(Array.from({ length: count }, (_, i) => i));

Deno.test("Data sets are of arrays, of generators, and zipped", async () => {
  assert.deepEqual(await elements(tf.data.array([{ a: 1 }, { a: 2 }])), [{ a: 1 }, { a: 2 }]);
  const generator = tf.data.generator(function* () {
    for (let i = 0; i < 3; i++) yield tf.tensor1d([i, i * i]);
  });
  assert.deepEqual(await elements(generator), [[0, 0], [1, 1], [2, 4]]);
  assert.deepEqual(await elements(generator), [[0, 0], [1, 1], [2, 4]], "from its beginning again");
  const zipped = tf.data.zip({ xs: numbers(4), ys: numbers(3).map((x) => (x as number) * 10) });
  assert.deepEqual(await elements(zipped), [{ xs: 0, ys: 0 }, { xs: 1, ys: 10 }, { xs: 2, ys: 20 }]);
});

Deno.test("Elements are mapped, filtered, taken, skipped, repeated and joined", async () => {
  assert.deepEqual(await elements(numbers(4).map((x) => tf.square(x as number))), [0, 1, 4, 9]);
  assert.deepEqual(await elements(numbers(3).mapAsync((x) => Promise.resolve((x as number) + 1))), [1, 2, 3]);
  assert.deepEqual(await elements(numbers(6).filter((x) => (x as number) % 2 === 1)), [1, 3, 5]);
  assert.deepEqual(await elements(numbers(6).skip(2).take(3)), [2, 3, 4]);
  assert.deepEqual(await elements(numbers(2).repeat(3)), [0, 1, 0, 1, 0, 1]);
  assert.deepEqual(await elements(numbers(2).concatenate(numbers(1))), [0, 1, 0]);
  assert.deepEqual(await elements(numbers(3).prefetch(2)), [0, 1, 2]);
  assert.deepEqual(await (numbers(3) as tf.data.Dataset<tf.TensorContainer>).toArray(), [0, 1, 2]);
});

Deno.test("Batches are tensors with one more axis; the last may be smaller, or is left out", async () => {
  const rows = tf.data.array([0, 1, 2, 3, 4].map((i) => ({ x: [i, i], y: i })));
  assert.deepEqual(await elements(rows.batch(2)), [
    { x: [[0, 0], [1, 1]], y: [0, 1] },
    { x: [[2, 2], [3, 3]], y: [2, 3] },
    { x: [[4, 4]], y: [4] },
  ]);
  assert.equal((await elements(rows.batch(2, false))).length, 2);
  assert.deepEqual([rows.size, rows.batch(2).size, rows.batch(2, false).size], [5, 3, 2]);
});

Deno.test("Shuffling keeps the elements, follows from its seed and differs from epoch to epoch", async () => {
  const shuffled = () => numbers(20).shuffle(20, "seed");
  const order = await elements(shuffled());
  assert.deepEqual(order.toSorted((a, b) => (a as number) - (b as number)), await elements(numbers(20)));
  assert.deepEqual(await elements(shuffled()), order);
  const set = shuffled();
  await elements(set);
  assert.notDeepEqual(await elements(set), order);
});

Deno.test("fitDataset and evaluateDataset see what fit and evaluate see, and leave no tensors", async () => {
  const make = () => {
    const model = tf.sequential({
      layers: [tf.layers.dense({ units: 1, inputShape: [2], kernelInitializer: "ones" })],
    });
    model.compile({ optimizer: tf.train.sgd(0.01), loss: "meanSquaredError" });
    return model;
  };
  const x = tf.tensor2d([[1, 2], [3, 4], [5, 6], [7, 8], [9, 1], [2, 3]]);
  const y = tf.tensor2d([[1], [0], [2], [1], [3], [2]]);
  const expected = make();
  const fitted = await expected.fit(x, y, { epochs: 4, batchSize: 2, shuffle: false, verbose: 0 });
  const model = make();
  const rows = tf.data.zip({ xs: tf.data.array(x.arraySync()), ys: tf.data.array(y.arraySync()) });
  const batches = rows.batch(2) as tf.data.Dataset<tf.TensorContainer>;
  const epochs = (count: number) => model.fitDataset(batches, { epochs: count, verbose: 0 });
  const { history } = await epochs(4);
  for (const [i, loss] of history.loss!.entries()) {
    assert.ok(Math.abs(Number(loss) - Number(fitted.history.loss![i])) < 1e-4, `${loss}`);
  }
  const near = (await model.evaluateDataset(batches as never, {})) as tf.Scalar;
  assert.ok(Math.abs(near.dataSync()[0]! - (expected.evaluate(x, y) as tf.Scalar).dataSync()[0]!) < 1e-4);
  const before = tf.memory().numTensors;
  await epochs(2);
  assert.equal(tf.memory().numTensors, before);
});
