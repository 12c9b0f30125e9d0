/** Layers of TensorFlow.js against those of Keras: tests/oracles/keras_layers.py. */
import assert from "node:assert/strict";
import { tf, traceLayers } from "../../lib/tensorflow/mod.ts";
import stored from "../fixtures/tensorflow/keras_layers.json" with { type: "json" };

interface Output {
  shape: number[];
  values: number[];
}

type MakeLayer = (settings: object) => tf.layers.Layer;

type Fault = "training" | "reading back";

/** What TensorFlow.js 4.22 itself cannot do, on any backend. */
const FAULTS: Readonly<Record<string, Fault>> = {
  'batchNormalization {"axis":1,"scale":false}': "training", // It reads the scale that is not there.
  'conv1d {"filters":2,"kernelSize":3,"padding":"same","dilationRate":2}': "training", // No gradient.
  'conv2d {"filters":2,"kernelSize":[2,1],"dilationRate":2,"useBias":false}': "training",
  'conv3dTranspose {"filters":2,"kernelSize":2,"strides":2}': "training",
  'separableConv2d {"filters":4,"kernelSize":3,"depthMultiplier":2}': "reading back", // Its JSON lacks the multiplier.
};

/** sin(seed + 0.7 i), row by row, as in the oracle. */
function values(shape: readonly (number | null)[], seed: number): tf.Tensor {
  const count = tf.util.sizeFromShape(shape as number[]);
  const numbers = Float32Array.from({ length: count }, (_, i) => Math.sin(seed + 0.7 * i));
  return tf.tensor(numbers, shape as number[]);
}

/** A model of one layer, whose weights are by formula. */
function modelOf(layer: tf.layers.Layer, inputs: readonly tf.Tensor[]): tf.LayersModel {
  const symbols = inputs.map(({ shape, dtype }) => tf.input({ batchShape: shape, dtype }));
  const output = layer.apply(symbols.length === 1 ? symbols[0]! : symbols) as tf.SymbolicTensor;
  const model = tf.model({ inputs: symbols, outputs: output });
  setWeights(model);
  return model;
}

function setWeights(model: tf.LayersModel): void {
  model.setWeights(model.getWeights().map(({ shape }, i) => tf.abs(values(shape, 3 + i))));
}

function predicted(model: tf.LayersModel, inputs: tf.Tensor[]): Output {
  const output = model.predict(inputs.length === 1 ? inputs[0]! : inputs, {
    batchSize: inputs[0]!.shape[0]!,
  }) as tf.Tensor;
  return { shape: output.shape, values: [...output.dataSync()] };
}

function untraced<T>(work: () => T): T {
  traceLayers(false);
  try {
    return work();
  } finally {
    traceLayers(true);
  }
}

function near(actual: Output, expected: Output): void {
  assert.deepEqual(actual.shape, expected.shape);
  assert.equal(actual.values.length, expected.values.length);
  expected.values.forEach((value, i) => {
    assert.ok(
      Math.abs(actual.values[i]! - value) <= 1e-5 * Math.max(1, Math.abs(value)),
      `${i}: ${actual.values[i]}, not ${value}`,
    );
  });
}

/** A layer's weights after a step of training. */
async function trained(layer: tf.layers.Layer, inputs: tf.Tensor[]): Promise<Output> {
  const model = modelOf(layer, inputs);
  model.compile({ optimizer: tf.train.sgd(0.1), loss: "meanSquaredError" });
  const given = inputs.length === 1 ? inputs[0]! : inputs;
  const loss = await model.trainOnBatch(given, tf.zeros(model.outputs[0]!.shape as number[]));
  const weights = model.getWeights().flatMap((weight) => [...weight.dataSync()]);
  return { shape: [weights.length], values: [loss as number, ...weights] };
}

for (const { layer: name, settings, inputs: shapes, ...expected } of stored.layers) {
  const called = `${name} ${JSON.stringify(settings)}`;
  const unlessAtFault = (what: Fault, work: () => Promise<void>) =>
    FAULTS[called] === what ? assert.rejects(work) : work();
  const make = () => (tf.layers as unknown as Record<string, MakeLayer>)[name]!(settings);
  Deno.test(`tf.layers.${called} is that of Keras, traced, eager and read back`, async () => {
    const inputs = shapes.map((shape, i) => values(shape, 1 + i));
    const model = modelOf(make(), inputs);
    near(predicted(model, inputs), expected);
    near(untraced(() => predicted(modelOf(make(), inputs), inputs)), expected);
    await unlessAtFault("reading back", async () => {
      const read = await tf.models.modelFromJSON(JSON.parse(model.toJSON() as string));
      setWeights(read);
      near(predicted(read, inputs), expected);
    });
    if (model.trainableWeights.length === 0) return;
    await unlessAtFault("training", async () => {
      traceLayers(false);
      const eager = await trained(make(), inputs).finally(() => traceLayers(true));
      near(await trained(make(), inputs), eager);
    });
  });
}

Deno.test("Layers around layers, masks and embeddings are those of Keras", () => {
  const { layers } = tf;
  const text = values([2, 5, 3], 1);
  const sigmoid = "sigmoid" as const;
  const beginning = tf.tensor([1, 1, 1, 0, 0]).reshape([1, 5, 1]);
  const cases: Record<keyof typeof stored.wrapped, [tf.layers.Layer[], tf.Tensor]> = {
    bidirectional: [[
      layers.bidirectional({
        layer: layers.lstm({ units: 2, returnSequences: true, recurrentActivation: sigmoid }) as never,
        mergeMode: "concat",
      }),
    ], text],
    timeDistributed: [[layers.timeDistributed({ layer: layers.dense({ units: 2 }) })], text],
    masking: [
      [layers.masking({ maskValue: 0 }), layers.lstm({ units: 2, recurrentActivation: sigmoid })],
      tf.mul(text, beginning),
    ],
    stackedRNNCells: [[
      layers.rnn({
        cell: [
          layers.lstmCell({ units: 3, recurrentActivation: sigmoid }),
          layers.simpleRNNCell({ units: 2 }),
        ] as never,
      }) as tf.layers.Layer,
    ], text],
    embedding: [[layers.embedding({ inputDim: 7, outputDim: 3 })], tf.tensor2d([[0, 3, 6], [1, 1, 2]])],
  };
  for (const [name, [[first, ...rest], input]] of Object.entries(cases)) {
    const symbol = tf.input({ batchShape: input.shape });
    const output = rest.reduce(
      (x, layer) => layer.apply(x) as tf.SymbolicTensor,
      first!.apply(symbol) as tf.SymbolicTensor,
    );
    const model = tf.model({ inputs: symbol, outputs: output });
    setWeights(model);
    const expected = stored.wrapped[name as keyof typeof stored.wrapped];
    near(predicted(model, [input]), expected);
    near(untraced(() => predicted(model, [input])), expected);
  }
});
