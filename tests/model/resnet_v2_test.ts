import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { join } from "node:path";
import { tf } from "../../lib/tensorflow/mod.ts";
import { adam } from "../../lib/model/adam.ts";
import {
  countParameters,
  createModel,
  decayMask,
  exportWeights,
  forward,
  type Model,
} from "../../lib/model/model.ts";
import { resnetV2 } from "../../lib/model/resnet_v2.ts";
import type { StoredTensor } from "../../lib/weight_files/stored_tensor.ts";
import { lossNamed } from "../../lib/model/losses.ts";
import { trainStep } from "../../lib/training/train_step.ts";
import {
  formulaImages,
  formulaLabels,
  formulaWeight,
  kinklessWeight,
  setFormulaWeights,
  wave,
} from "./_formula.ts";

/** A weight's norm, its sum weighted by a formula, and every so many of its values. */
type Summary = number[];

interface Case {
  depth: number;
  imageSize: number;
  filters: number;
  images: number;
  parameters: number;
  inference: number[][];
  training: number[][];
  loss: number;
  decay: number;
  gradients: Record<string, Summary>;
  /** Gradients with batch normalisation kept to its moving averages. */
  frozen: Record<string, Summary>;
  moving: Record<string, Summary>;
}

// Made by tests/oracles/resnet_v2.py.
const KERAS: {
  positive: number[];
  negative: number[];
  parameters: Record<string, number>;
  small: Case;
  deep: Case;
  steps: Pick<Case, "depth" | "imageSize" | "filters" | "images" | "inference"> & { losses: number[] };
} = JSON.parse(await Deno.readTextFile(join(import.meta.dirname!, "../fixtures/model/resnet_v2.json")));
const OUTPUTS = 14;
const LOSS = lossNamed("weighted", {
  weights: { positive: tf.tensor1d(KERAS.positive), negative: tf.tensor1d(KERAS.negative) },
});

function modelOf(
  { depth, imageSize, filters }: Pick<Case, "depth" | "imageSize" | "filters">,
  weight = formulaWeight,
): Model {
  const model = createModel(resnetV2({ depth, imageSize, filters, outputs: OUTPUTS }), { seed: 0 });
  setFormulaWeights(model, weight);
  return model;
}

function batchOf(
  { images, imageSize }: Pick<Case, "images" | "imageSize">,
  suffix = "",
): { images: tf.Tensor4D; truth: tf.Tensor2D } {
  const values = formulaImages(`images${suffix}`, images * imageSize ** 2);
  const truth = formulaLabels(`labels${suffix}`, images * OUTPUTS);
  return {
    images: tf.tensor4d(values, [images, imageSize, imageSize, 1]),
    truth: tf.tensor2d(truth, [images, OUTPUTS]),
  };
}

/** The largest difference between numbers. */
function distance(actual: ArrayLike<number>, expected: readonly number[]): number {
  equal(actual.length, expected.length);
  return expected.reduce((most, value, i) => Math.max(most, Math.abs(value - actual[i]!)), 0);
}

function scores(model: Model, images: tf.Tensor4D): Float32Array {
  return tf.tidy(() => {
    const { logits, moving } = forward(model, images, { training: false });
    equal(moving, null);
    return tf.sigmoid(logits).dataSync() as Float32Array;
  });
}

function summaryOf(name: string, { data }: StoredTensor): Summary {
  const values = data as Float32Array;
  const weights = wave(name, values.length);
  const every = Math.max(1, Math.floor(values.length / 8));
  return [
    Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0)),
    values.reduce((sum, value, i) => sum + value * weights[i]!, 0),
    ...values.filter((_, i) => i % every === 0),
  ];
}

/** Whether weights are Keras' within a share of each one's norm, and what rounding alone makes of a zero. */
function near(
  tensors: Iterable<[string, StoredTensor]>,
  expected: Record<string, Summary>,
  share: number,
): void {
  const names = Object.keys(expected);
  for (const [name, tensor] of tensors) {
    const { [name]: summary = [] } = expected;
    const off = distance(summaryOf(name, tensor), summary);
    ok(off < share * summary[0]! + 1e-7, `${name} is ${off} off where its norm is ${summary[0]}`);
    names.splice(names.indexOf(name), 1);
  }
  deepEqual(names, []);
}

const WEIGHT_OF = { small: formulaWeight, deep: kinklessWeight };
for (const name of ["small", "deep"] as const) {
  const keras = KERAS[name];
  const title = `ResNet-${keras.depth} v2 of ${keras.filters} filters agrees with Keras`;

  Deno.test(`${title} in inference`, () => {
    const model = modelOf(keras, WEIGHT_OF[name]);
    const { images, truth } = batchOf(keras);
    equal(countParameters(model), keras.parameters);
    ok(distance(scores(model, images), keras.inference.flat()) < 1e-5);
    tf.dispose([images, truth]);
    model.dispose();
  });

  Deno.test(`${title} in training: outputs, loss, gradients, moving averages`, () => {
    const model = modelOf(keras, WEIGHT_OF[name]);
    const { images, truth } = batchOf(keras);
    let logits!: tf.Tensor2D;
    let moving!: tf.Tensor1D;
    const { value, grad } = tf.valueAndGrad((weights: tf.Tensor) => {
      const result = forward(model, images, { training: true, weights: weights as tf.Tensor1D });
      logits = tf.keep(result.logits);
      moving = result.moving!;
      return LOSS(truth, logits);
    })(model.weights);
    const outputs = tf.tidy(() => tf.sigmoid(logits).dataSync());
    ok(distance(outputs, keras.training.flat()) < 1e-5);
    ok(Math.abs(value.dataSync()[0]! / keras.loss - 1) < 1e-4);
    const squares = tf.tidy(() => tf.sum(tf.mul(decayMask(model), tf.square(model.weights))).dataSync()[0]!);
    ok(Math.abs(1e-4 * squares / keras.decay - 1) < 1e-5);

    model.moving.assign(moving);
    model.weights.assign(grad as tf.Tensor1D);
    const after = [...exportWeights(model)];
    near(after.filter(([name]) => name.includes("/moving_")), keras.moving, 2e-6);
    near(after.filter(([name]) => !name.includes("/moving_")), keras.gradients, 1e-4);
    const cancelled = after.filter(([name]) => /^conv2d.*bias$/.test(name));
    ok(cancelled.length > 0);
    for (const [name, { data }] of cancelled) ok((data as Float32Array).every((v) => v === 0), name);
    tf.dispose([images, truth, logits, moving, value, grad]);
    model.dispose();
  });

  Deno.test(`${title} in training by moving averages`, () => {
    const model = modelOf(keras, WEIGHT_OF[name]);
    const { images, truth } = batchOf(keras);
    const gradient = tf.grad((weights) => {
      const options = { training: true, frozenStatistics: true, weights: weights as tf.Tensor1D };
      const { logits, moving } = forward(model, images, options);
      equal(moving, null);
      return LOSS(truth, logits);
    })(model.weights);
    model.weights.assign(gradient as tf.Tensor1D);
    near([...exportWeights(model)].filter(([name]) => !name.includes("/moving_")), keras.frozen, 1e-4);
    tf.dispose([images, truth, gradient]);
    model.dispose();
  });
}

Deno.test("20 steps of Adam follow Keras", () => {
  const keras = KERAS.steps;
  const model = modelOf(keras);
  const step = trainStep(model, {
    loss: LOSS,
    optimizer: adam(model.weights.size),
    l2: 1e-4,
  });
  const rate = tf.scalar(1e-3);
  const batches = [0, 1, 2, 3].map((number) => batchOf(keras, ` ${number}`));
  keras.losses.forEach((loss, i) => {
    const { images, truth } = batches[i % 4]!;
    const value = step(images, truth, rate);
    ok(Math.abs(value.dataSync()[0]! / loss - 1) < 1e-3, `step ${i}`);
    value.dispose();
  });
  ok(distance(scores(model, batches[0]!.images), keras.inference.flat()) < 1e-3);
  step.dispose();
  model.dispose();
});

Deno.test("the original's network has as many parameters as Keras says", () => {
  for (const [size, count] of Object.entries(KERAS.parameters)) {
    const model = createModel(resnetV2({ depth: 56, imageSize: Number(size), outputs: OUTPUTS }), {
      seed: 0,
    });
    equal(countParameters(model), count);
    model.dispose();
  }
  equal(KERAS.parameters["128"], 1_728_238);
});

Deno.test("a depth or image size that ResNet v2 cannot have is refused", () => {
  throws(() => resnetV2({ depth: 50, imageSize: 64, outputs: OUTPUTS }), {
    name: "InputError",
    message: "depth 50: has to be 9n + 2, such as 11, 20, 29 or 56",
  });
  throws(() => resnetV2({ depth: 11, imageSize: 100, outputs: OUTPUTS }), {
    name: "InputError",
    message: "image size 100: has to be a multiple of 32 for resnet11v2",
  });
});
