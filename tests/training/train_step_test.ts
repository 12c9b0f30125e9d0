import { deepEqual, equal, ok } from "node:assert/strict";
import { adam } from "../../lib/model/adam.ts";
import { createModel, type Model, sizeOf } from "../../lib/model/model.ts";
import { resnetV2 } from "../../lib/model/resnet_v2.ts";
import { tf } from "../../lib/tensorflow/mod.ts";
import { trainStep, type TrainStepOptions } from "../../lib/training/train_step.ts";
import { formulaImages } from "../model/_formula.ts";

const SIZE = 32;
const RATE = 0.01;

/** What one step changes: the new weights and moving averages less the old ones, by name. */
async function changesOf(options: Partial<TrainStepOptions>) {
  const network = resnetV2({ depth: 11, imageSize: SIZE, filters: 4, outputs: 3 });
  const model = createModel(network, { seed: 0 });
  const optimizer = adam(model.weights.size);
  const loss = (truth: tf.Tensor2D, logits: tf.Tensor2D) =>
    tf.losses.sigmoidCrossEntropy(truth, logits) as tf.Scalar;
  const step = trainStep(model, { loss, optimizer, ...options });
  const images = tf.tensor4d(formulaImages("images", 4 * SIZE ** 2), [4, SIZE, SIZE, 1]);
  const truth = tf.tensor2d([[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 0]]);
  const before = valuesOf(model);
  (await step.run(images, truth, tf.scalar(RATE))).dispose();
  const after = valuesOf(model);
  const changes = new Map([...before].map(([name, values]) => [
    name,
    { before: values, change: values.map((value, i) => after.get(name)![i]! - value) },
  ]));
  step.dispose();
  optimizer.dispose();
  model.dispose();
  return changes;
}

function valuesOf({ weights, moving, parameters, statistics }: Model): Map<string, Float64Array> {
  const values = new Map<string, Float64Array>();
  for (const [vector, names] of [[weights, parameters], [moving, statistics]] as const) {
    const all = Float64Array.from(vector.dataSync());
    let start = 0;
    for (const { name, shape } of names) values.set(name, all.slice(start, start += sizeOf(shape)));
  }
  return values;
}

const isStatistic = (name: string) => /moving_(mean|variance)$/.test(name);
const changed = (changes: Awaited<ReturnType<typeof changesOf>>) =>
  [...changes].filter(([, { change }]) => change.some((value) => value !== 0)).map(([name]) => name);

Deno.test("a step of the last layer alone leaves all other weights and the moving averages", async () => {
  const changes = await changesOf({ headOnly: true, weightDecay: 0.1 });
  deepEqual(changed(changes), ["dense/kernel", "dense/bias"]);
});

Deno.test("a step with frozen statistics changes the weights and no moving average", async () => {
  const names = changed(await changesOf({ frozenStatistics: true }));
  ok(names.includes("conv2d/kernel") && names.includes("dense/kernel"), names.join());
  deepEqual(names.filter(isStatistic), []);
  equal(changed(await changesOf({})).some(isStatistic), true);
});

Deno.test("a step moves the moving averages by the share that momentum leaves, and nothing else by it", async () => {
  const [slow, fast] = [await changesOf({ momentum: 0.99 }), await changesOf({ momentum: 0.8 })];
  const standard = await changesOf({});
  for (const [name, { change }] of fast) {
    const factor = isStatistic(name) ? (1 - 0.8) / (1 - 0.99) : 1;
    const off = change.reduce(
      (most, value, i) => Math.max(most, Math.abs(value - factor * slow.get(name)!.change[i]!)),
      0,
    );
    ok(off < 1e-5, `${name} is ${off} off`);
    deepEqual(standard.get(name), slow.get(name));
  }
  ok(Math.abs(fast.get("batch_normalization/moving_variance")!.change[0]!) > 0.1);
});

Deno.test("weight decay takes its share times the rate off the convolutions' kernels, and nothing off the rest", async () => {
  const [without, decayed] = [await changesOf({}), await changesOf({ weightDecay: 0.5 })];
  for (const [name, { before, change }] of decayed) {
    const share = /^conv2d.*\/kernel$/.test(name) ? 0.5 : 0;
    const off = change.reduce(
      (most, value, i) =>
        Math.max(most, Math.abs(value - without.get(name)!.change[i]! + RATE * share * before[i]!)),
      0,
    );
    ok(off < 1e-6, `${name} is ${off} off`);
  }
});

Deno.test("rates grow by a constant factor from the first layer to the last", async () => {
  const [even, graded] = [await changesOf({}), await changesOf({ firstLayerRate: 0.01 })];
  const layers = [...new Set([...even.keys()].filter((name) => !isStatistic(name)).map(layerOf))];
  for (const [name, { change }] of graded) {
    if (isStatistic(name)) continue;
    const rate = 0.01 ** (1 - layers.indexOf(layerOf(name)) / (layers.length - 1));
    const off = change.reduce(
      (most, value, i) => Math.max(most, Math.abs(value - rate * even.get(name)!.change[i]!)),
      0,
    );
    ok(off < 1e-6, `${name} is ${off} off at ${rate}`);
  }
  equal(layers.at(-1), "dense");
});

function layerOf(name: string): string {
  return name.split("/")[0]!;
}
