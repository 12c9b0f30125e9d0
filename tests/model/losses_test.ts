import { equal, ok } from "node:assert/strict";
import { join } from "node:path";
import { tf } from "../../lib/tensorflow/mod.ts";
import { LOSSES, lossNamed } from "../../lib/model/losses.ts";
import { formulaLabels, wave } from "./_formula.ts";

// Made by tests/oracles/losses.py.
const EXPECTED: Record<string, { value: number; gradient: number[][] }> = JSON.parse(
  await Deno.readTextFile(join(import.meta.dirname!, "../fixtures/model/losses.json")),
);
const SHAPE: [number, number] = [6, 14];
const POSITIVE = Array.from({ length: SHAPE[1] }, (_, i) => 0.99 - 0.49 * i / (SHAPE[1] - 1));

for (const name of LOSSES) {
  Deno.test(`the ${name} loss and its gradient are those of its definition`, () => {
    const { value: expected, gradient } = EXPECTED[name]!;
    const loss = lossNamed(name, {
      weights: { positive: tf.tensor1d(POSITIVE), negative: tf.sub(1, POSITIVE) },
    });
    const truth = tf.tensor2d(formulaLabels("labels", SHAPE[0] * SHAPE[1]), SHAPE);
    const logits = tf.tensor2d(Float32Array.from(wave("logits", truth.size), (v) => 12 * v ** 3), SHAPE);
    const { value, grad } = tf.valueAndGrad((x: tf.Tensor) => loss(truth, x as tf.Tensor2D))(logits);
    const relative = Math.abs(value.dataSync()[0]! / expected - 1);
    ok(relative < 1e-5, `${relative}`);
    const [actual, wanted] = [grad.dataSync(), gradient.flat()];
    equal(actual.length, wanted.length);
    const norm = Math.hypot(...wanted);
    wanted.forEach((value, i) =>
      ok(Math.abs(actual[i]! - value) < 1e-5 * norm, `${i}: ${actual[i]}, not ${value}`)
    );
  });
}

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
