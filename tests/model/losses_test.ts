import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { join } from "node:path";
import { UNKNOWN } from "../../lib/dataset/entry.ts";
import { tf } from "../../lib/tensorflow/mod.ts";
import { LOSSES } from "../../lib/model/loss_names.ts";
import { type Loss, lossNamed } from "../../lib/model/losses.ts";
import { formulaLabels, wave } from "./_formula.ts";

/** What tests/oracles/losses.py stored. */
interface Expected {
  value: number;
  gradient: number[][];
}
const EXPECTED: Record<string, Expected & { masked: Expected; smoothed?: Expected & { masked: Expected } }> =
  JSON.parse(
    await Deno.readTextFile(join(import.meta.dirname!, "../fixtures/model/losses.json")),
  );
const SHAPE: [number, number] = [6, 14];
const POSITIVE = Array.from({ length: SHAPE[1] }, (_, i) => 0.99 - 0.49 * i / (SHAPE[1] - 1));

const LABELS = formulaLabels("labels", SHAPE[0] * SHAPE[1]);

/** Compares a loss of some truth, and its gradient, with what is expected. */
function check(loss: Loss, labels: Float32Array, expected: Expected): void {
  const truth = tf.tensor2d(labels, SHAPE);
  const logits = tf.tensor2d(Float32Array.from(wave("logits", truth.size), (v) => 12 * v ** 3), SHAPE);
  const { value, grad } = tf.valueAndGrad((x: tf.Tensor) => loss(truth, x as tf.Tensor2D))(logits);
  const relative = Math.abs(value.dataSync()[0]! / expected.value - 1);
  ok(relative < 1e-5, `${relative}`);
  const [actual, wanted] = [grad.dataSync(), expected.gradient.flat()];
  equal(actual.length, wanted.length);
  const norm = Math.hypot(...wanted);
  wanted.forEach((value, i) =>
    ok(Math.abs(actual[i]! - value) < 1e-5 * norm, `${i}: ${actual[i]}, not ${value}`)
  );
}

for (const name of LOSSES) {
  const weights = { positive: tf.tensor1d(POSITIVE), negative: tf.sub(1, POSITIVE) as tf.Tensor1D };
  const { masked, smoothed, ...whole } = EXPECTED[name]!;
  const unknown = formulaLabels("unknown", LABELS.length, 0.4);
  const partlyKnown = LABELS.map((label, i) => unknown[i] === 1 ? UNKNOWN : label);

  Deno.test(`the ${name} loss and its gradient are those of its definition`, () => {
    check(lossNamed(name, { weights }), LABELS, whole);
    check(lossNamed(name, { weights, masked: true }), LABELS, whole);
  });

  Deno.test(`the ${name} loss leaves unknown truth out, as Keras does what has a sample weight of 0`, () => {
    check(lossNamed(name, { weights, masked: true }), partlyKnown, masked);
  });

  if (smoothed === undefined) {
    Deno.test(`the ${name} loss takes no smoothed labels`, () => {
      throws(() => lossNamed(name, { weights, smoothing: 0.2 }), RangeError);
    });
    continue;
  }
  Deno.test(`the ${name} loss of smoothed labels is Keras', unknown ones left out`, () => {
    check(lossNamed(name, { weights, smoothing: 0.2 }), LABELS, smoothed);
    check(lossNamed(name, { weights, smoothing: 0.2, masked: true }), partlyKnown, smoothed.masked);
  });
}

Deno.test("a masked loss is 0, and so is its gradient, where all truth is unknown", () => {
  const truth = tf.fill([2, 3], UNKNOWN) as tf.Tensor2D;
  const weights = { positive: tf.ones([3]) as tf.Tensor1D, negative: tf.ones([3]) as tf.Tensor1D };
  for (const name of LOSSES) {
    const loss = lossNamed(name, { weights, masked: true });
    const { value, grad } = tf.valueAndGrad((x: tf.Tensor) => loss(truth, x as tf.Tensor2D))(
      tf.fill([2, 3], 200),
    );
    deepEqual([...value.dataSync(), ...grad.dataSync()].map(Math.abs), [0, 0, 0, 0, 0, 0, 0], name);
  }
});

Deno.test("no loss loses its number where the network is certain and wrong", () => {
  const truth = tf.tensor2d([1, 0, 1, 0], [1, 4]);
  const logits = tf.tensor2d([-200, 200, 200, -200], [1, 4]);
  const weights = { positive: tf.ones([4]) as tf.Tensor1D, negative: tf.ones([4]) as tf.Tensor1D };
  for (const name of LOSSES) {
    const { value, grad } = tf.valueAndGrad((x: tf.Tensor) =>
      lossNamed(name, { weights })(truth, x as tf.Tensor2D)
    )(logits);
    ok([...value.dataSync(), ...grad.dataSync()].every(Number.isFinite), `${name}: ${value}, ${grad}`);
  }
});
