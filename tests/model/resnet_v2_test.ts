import { equal, ok, throws } from "node:assert/strict";
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
import { trainStep } from "../../lib/training/train_step.ts";
import { formulaWeight, kinklessWeight } from "./_formula.ts";
import { batchOf, distance, KERAS, LOSS, modelOf, near, OUTPUTS } from "./_keras_resnet.ts";

function scores(model: Model, images: tf.Tensor4D): Float32Array {
  return tf.tidy(() => {
    const { logits, moving } = forward(model, images, { training: false });
    equal(moving, null);
    return tf.sigmoid(logits).dataSync() as Float32Array;
  });
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
