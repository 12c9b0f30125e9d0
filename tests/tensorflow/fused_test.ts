import { deepEqual, match, ok } from "node:assert/strict";
import {
  addBias,
  batchNormalization,
  frozenBatchNormalization,
  instructionSets,
  tf,
} from "../../lib/tensorflow/mod.ts";
import { runScript } from "./_script.ts";

type Three = (x: tf.Tensor4D, second: tf.Tensor1D, third: tf.Tensor1D) => tf.Tensor;

const EPSILON = 1e-3;

/** Whether two functions agree, with their gradients, and leave nothing behind. */
function agree(fused: Three, composed: Three): void {
  tf.tidy(() => {
    const inputs = [
      tf.randomNormal([3, 4, 5, 6], 3, 4, "float32", 1),
      tf.randomNormal([6], 1, 1, "float32", 2),
      tf.randomNormal([6], 2, 1, "float32", 3),
    ];
    const weights = tf.randomNormal([3, 4, 5, 6], 0, 1, "float32", 4);
    const run = (f: Three) =>
      tf.valueAndGrads((x, second, third) =>
        tf.sum(tf.mul(weights, f(x as tf.Tensor4D, second as tf.Tensor1D, third as tf.Tensor1D)))
      )(inputs);
    const before = tf.memory().numTensors;
    const [actual, expected] = [run(fused), run(composed)];
    ok(tf.memory().numTensors - before === 8, "tensors are left behind");
    [actual.value, ...actual.grads].forEach((tensor, i) => {
      const wanted = [expected.value, ...expected.grads][i]!;
      const off = tf.max(tf.abs(tf.sub(tensor, wanted))).dataSync()[0]!;
      ok(
        off < 1e-5 * (1 + tf.max(tf.abs(wanted)).dataSync()[0]!),
        `${["value", "x", "second", "third"][i]}: ${off}`,
      );
    });
  });
}

Deno.test("batch normalisation in training is what it is put together from", () => {
  agree(
    (x, gamma, beta) => batchNormalization(x, { gamma, beta, epsilon: EPSILON }).y,
    (x, gamma, beta) => {
      const { mean, variance } = tf.moments(x, [0, 1, 2]);
      return tf.add(tf.mul(tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, EPSILON))), gamma), beta);
    },
  );
});

Deno.test("batch normalisation by given averages is TensorFlow.js' own", () => {
  const mean = tf.tensor1d([0, 1, 2, 3, 4, 5]);
  const variance = tf.tensor1d([0.5, 1, 2, 4, 8, 16]);
  agree(
    (x, gamma, beta) => frozenBatchNormalization(x, { gamma, beta, mean, variance, epsilon: EPSILON }),
    (x, gamma, beta) => tf.batchNorm(x, mean, variance, beta, gamma, EPSILON),
  );
  const [gamma, beta] = [tf.tensor1d([1, 2, 3, 4, 5, 6]), tf.zeros([6]) as tf.Tensor1D];
  const positive = (x: tf.Tensor) => tf.add(tf.square(x), 0.5) as tf.Tensor1D;
  agree(
    (x, mean, root) =>
      frozenBatchNormalization(x, { gamma, beta, mean, variance: positive(root), epsilon: EPSILON }),
    (x, mean, root) => tf.batchNorm(x, mean, positive(root), beta, gamma, EPSILON),
  );
});

Deno.test("without AVX-512 it is a product and a sum, with the same values and gradients", async () => {
  const code = `
    const { frozenBatchNormalization, tf } = await import(lib + "mod.ts");
    const { isNormalizationSlow } = await import(lib + "processor.ts");
    const given = [0, 1, 2].map((seed) => tf.abs(tf.randomNormal([6], 1, 1, "float32", seed)));
    const x = tf.randomNormal([3, 4, 5, 6], 3, 4, "float32", 9);
    const before = tf.memory().numTensors;
    const [mean, gamma, beta] = given;
    const variance = tf.tensor1d([0.5, 1, 2, 4, 8, 16]);
    const own = tf.valueAndGrad((x) => tf.sum(tf.square(frozenBatchNormalization(x, { gamma, beta, mean, variance, epsilon: 1e-3 }))))(x);
    const theirs = tf.valueAndGrad((x) => tf.sum(tf.square(tf.batchNorm(x, mean, variance, beta, gamma, 1e-3))))(x);
    const far = (a, b) => tf.max(tf.div(tf.abs(tf.sub(a, b)), tf.add(tf.abs(b), 1))).dataSync()[0];
    console.log(isNormalizationSlow(), far(own.value, theirs.value) < 1e-5, far(own.grad, theirs.grad) < 1e-5);`;
  const isHeld = Deno.build.arch === "x86_64" && instructionSets()?.has("avx2") === true;
  for (const [env, isSlow] of [[{ ONEDNN_MAX_CPU_ISA: "AVX2" }, isHeld], [{}, null]] as const) {
    const { output, error } = await runScript(code, { env });
    match(output, /^(?:true|false) true true\n$/, error);
    if (isSlow !== null) ok(output.startsWith(`${isSlow} `), output);
  }
});

Deno.test("a bias of channels is what tf.add adds", () => {
  agree(
    (x, scale, bias) => addBias(tf.mul(x, scale), bias),
    (x, scale, bias) => tf.add(tf.mul(x, scale), bias),
  );
});

Deno.test("rectifiers have the gradients that their definitions have", () => {
  const affine = (x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor) => tf.add(tf.mul(x, gamma), beta);
  agree((...xs) => tf.relu(affine(...xs)), (...xs) => tf.maximum(affine(...xs), 0));
  agree((...xs) => tf.relu6(affine(...xs)), (...xs) => tf.minimum(tf.maximum(affine(...xs), 0), 6));
});

Deno.test("rectifiers have gradients of their gradients", () => {
  tf.tidy(() => {
    const x = tf.tensor1d([-1, 2, 3]);
    const second = (f: (x: tf.Tensor) => tf.Tensor) =>
      tf.grad((x) => tf.grad(f)(x as tf.Tensor))(x).dataSync();
    deepEqual([...second((x) => tf.pow(tf.relu(x), 3))], [0, 12, 18]);
    deepEqual([...second((x) => tf.relu6(tf.square(x)))], [2, 2, 0]);
  });
});
