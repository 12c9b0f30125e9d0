import assert from "node:assert/strict";
import { profile, tf, traceLayers } from "../../lib/tensorflow/mod.ts";

const { layers } = tf;

/** Models whose weights are the same at every call. */
const MODELS: Record<string, () => tf.LayersModel> = {
  "a perceptron": () =>
    compiled(tf.sequential({
      layers: [
        layers.dense({ units: 16, activation: "relu", inputShape: [8], kernelInitializer: initializer(1) }),
        layers.dense({ units: 3, activation: "softmax", kernelInitializer: initializer(2) }),
      ],
    })),
  "a convolutional network": () =>
    compiled(tf.sequential({
      layers: [
        // Without the bias, whose gradient before a normalisation is rounding alone: Adam makes steps out of that.
        layers.conv2d({
          useBias: false,
          filters: 4,
          kernelSize: 3,
          inputShape: [8, 8, 1],
          kernelInitializer: initializer(1),
        }),
        layers.batchNormalization(),
        layers.activation({ activation: "relu" }),
        layers.maxPooling2d({ poolSize: 2 }),
        layers.flatten(),
        layers.dense({
          units: 3,
          activation: "softmax",
          kernelInitializer: initializer(2),
          kernelRegularizer: tf.regularizers.l2({ l2: 0.01 }),
        }),
      ],
    })),
  "a recurrent network": () =>
    compiled(tf.sequential({
      layers: [
        layers.lstm({
          units: 5,
          inputShape: [6, 4],
          kernelInitializer: initializer(1),
          recurrentInitializer: initializer(3),
        }),
        layers.dense({ units: 3, activation: "softmax", kernelInitializer: initializer(2) }),
      ],
    })),
};

function initializer(seed: number) {
  return tf.initializers.randomNormal({ mean: 0, stddev: 0.3, seed });
}

function compiled(model: tf.LayersModel, optimizer: tf.Optimizer = tf.train.adam(0.01)): tf.LayersModel {
  model.compile({ optimizer, loss: "categoricalCrossentropy", metrics: ["accuracy"] });
  return model;
}

/** Thirty samples for a model, always the same. */
function samples(model: tf.LayersModel): { x: tf.Tensor; y: tf.Tensor } {
  const shape = model.inputs[0]!.shape.map((size) => size ?? 30);
  const x = tf.randomNormal(shape, 0, 1, "float32", 5);
  const labels = Array.from({ length: 30 }, (_, i) => i % 3);
  return { x, y: tf.oneHot(tf.tensor1d(labels, "int32"), 3) };
}

/** What 51 steps of training leave: three a round, the last of them with fewer samples. */
async function train(model: tf.LayersModel) {
  const { x, y } = samples(model);
  const history = await model.fit(x, y, {
    epochs: 17,
    batchSize: 12,
    shuffle: false,
    verbose: 0,
    validationData: [x, y],
  });
  const evaluated = (model.evaluate(x, y, { batchSize: 12 }) as tf.Scalar[]).map((value) =>
    value.dataSync()[0]!
  );
  return {
    history: history.history as Record<string, number[]>,
    evaluated,
    predicted: [...(model.predict(x, { batchSize: 12 }) as tf.Tensor).dataSync()],
    weights: model.getWeights().map((weight) => [...weight.dataSync()]),
    iterations: (model.optimizer as unknown as { iterations: number }).iterations,
  };
}

async function eagerly<T>(work: () => Promise<T>): Promise<T> {
  traceLayers(false);
  try {
    return await work();
  } finally {
    traceLayers(true);
  }
}

function near(actual: unknown, expected: unknown, at = "result"): void {
  if (typeof expected === "number") {
    assert.ok(
      Math.abs(actual as number - expected) <= 1e-5 * Math.max(1, Math.abs(expected)),
      `${at}: ${actual}, not ${expected}`,
    );
    return;
  }
  const entries = Object.entries(expected as object);
  assert.equal(Object.keys(actual as object).length, entries.length, at);
  for (const [key, value] of entries) near((actual as Record<string, unknown>)[key], value, `${at}.${key}`);
}

for (const [name, make] of Object.entries(MODELS)) {
  Deno.test(`${name} of layers trains, traced, as operation by operation`, async () => {
    const expected = await eagerly(() => train(make()));
    assert.equal(expected.iterations, 51);
    near(await train(make()), expected);
  });
}

for (
  const [name, optimizer] of Object.entries({
    sgd: () => tf.train.sgd(0.05),
    momentum: () => tf.train.momentum(0.05, 0.9),
    rmsprop: () => tf.train.rmsprop(0.01),
    adagrad: () => tf.train.adagrad(0.05),
    adadelta: () => tf.train.adadelta(0.5),
    adamax: () => tf.train.adamax(0.01),
  })
) {
  Deno.test(`Layers are traced with ${name} as they are trained without`, async () => {
    const make = () => compiled(MODELS["a perceptron"]!(), optimizer());
    near(await train(make()), await eagerly(() => train(make())));
  });
}

Deno.test("A layer's product of two matrices is one of matrices, not of batches of them", async () => {
  const model = MODELS["a perceptron"]!();
  const { x, y } = samples(model);
  await model.trainOnBatch(x, y);
  const { operations } = await profile(() => model.trainOnBatch(x, y));
  const products = operations.filter(({ operation }) => operation.includes("MatMul"));
  assert.ok(products.length > 0);
  for (const { operation } of products) assert.doesNotMatch(operation, /Batch/);
});

Deno.test("A learning rate that changes is taken by the next step", async () => {
  const rates = [0.01, 0.1, 0.03, 0.002];
  const run = async (optimizer: tf.Optimizer) => {
    const model = compiled(MODELS["a perceptron"]!(), optimizer);
    const { x, y } = samples(model);
    for (const rate of rates) {
      (optimizer as unknown as { learningRate: number }).learningRate = rate;
      await model.trainOnBatch(x, y);
    }
    return model.getWeights().map((weight) => [...weight.dataSync()]);
  };
  near(await run(tf.train.adam(1)), await eagerly(() => run(tf.train.adam(1))));
  near(await run(tf.train.rmsprop(1)), await eagerly(() => run(tf.train.rmsprop(1))));
});

Deno.test("Dropout in a traced step drops others at every step, and none in a prediction", async () => {
  const model = tf.sequential({ layers: [layers.dropout({ rate: 0.5, inputShape: [1000] })] });
  const dense = layers.dense({ units: 1, useBias: false, kernelInitializer: "ones", trainable: false });
  model.add(dense);
  model.add(layers.dense({ units: 1, kernelInitializer: "ones" }));
  model.compile({ optimizer: tf.train.sgd(0), loss: "meanSquaredError" });
  const [x, y] = [tf.ones([1, 1000]), tf.zeros([1, 1])];
  const losses = [await model.trainOnBatch(x, y), await model.trainOnBatch(x, y)] as number[];
  assert.notEqual(losses[0], losses[1]);
  for (const loss of losses) assert.ok(Math.abs(Math.sqrt(loss) - 1000) < 200, `${loss}`);
  assert.equal((model.predict(x) as tf.Tensor).dataSync()[0], 1000);
});

Deno.test("A model that reads values while it trains says why it is not traced, and trains", async () => {
  const warned: string[] = [];
  const { warn } = console;
  console.warn = (text: string) => warned.push(text);
  try {
    const model = MODELS["a perceptron"]!();
    let read = 0;
    const loss = (truth: tf.Tensor, scores: tf.Tensor) => {
      read += scores.dataSync().length;
      return tf.losses.meanSquaredError(truth, scores);
    };
    model.compile({ optimizer: tf.train.adam(0.01), loss });
    const { x, y } = samples(model);
    const history = await model.fit(x, y, { epochs: 3, batchSize: 10, verbose: 0 });
    assert.equal(read, 9 * 30);
    assert.ok(history.history.loss![2]! < history.history.loss![0]!);
    assert.equal((model.optimizer as unknown as { iterations: number }).iterations, 9);
    assert.equal(warned.length, 1);
    assert.match(warned[0]!, /^sequential_\w+: training is not traced, and slower for it: .*dataSync/);
  } finally {
    console.warn = warn;
  }
});

Deno.test("Steps of layers leave no tensors behind", async () => {
  const model = MODELS["a convolutional network"]!();
  const { x, y } = samples(model);
  const epoch = () => model.fit(x, y, { epochs: 1, batchSize: 10, verbose: 0, validationData: [x, y] });
  await epoch();
  const before = tf.memory().numTensors;
  await epoch();
  assert.equal(tf.memory().numTensors, before);
});

Deno.test("A model that is disposed of leaves no tensors and no graphs behind", async () => {
  const [x, y] = [tf.ones([4, 8]), tf.zeros([4, 3])];
  const before = tf.memory().numTensors;
  const work = async () => {
    const model = MODELS["a perceptron"]!();
    const [loss] = await model.trainOnBatch(x, y) as number[];
    (model.predict(x) as tf.Tensor).dispose();
    model.dispose();
    model.optimizer.dispose(); // It was made here, so that the model leaves it alone.
    return loss;
  };
  await work();
  await work();
  assert.equal(tf.memory().numTensors, before);
});

Deno.test("Memory stays flat over models that are made, trained, used and disposed of", async () => {
  const [x, y] = [tf.ones([4, 256]), tf.zeros([4, 256])];
  const work = async (count: number) => {
    for (let i = 0; i < count; i++) {
      const model = tf.sequential({
        layers: [layers.dense({ units: 256, inputShape: [256], kernelInitializer: "zeros" })],
      });
      model.compile({ optimizer: tf.train.adam(0.01), loss: "meanSquaredError" });
      await model.trainOnBatch(x, y);
      (model.predict(x) as tf.Tensor).dispose();
      model.dispose();
      model.optimizer.dispose();
    }
  };
  await work(150); // Until then allocators and the garbage collector take some 50 MB for good.
  const before = tf.memory().numTensors;
  const bytes = Deno.memoryUsage().rss;
  await work(150);
  assert.equal(tf.memory().numTensors, before);
  // The weights of the models and Adam's moments would be 118 MB.
  const more = Deno.memoryUsage().rss - bytes;
  assert.ok(more < 60e6, `${more / 1e6} MB more`);
});
