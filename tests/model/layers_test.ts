import assert from "node:assert/strict";
import { type Activation, Layers, type ParameterSource, partsOf } from "../../lib/model/layers.ts";
import { tf } from "../../lib/tensorflow/mod.ts";
import { formulaImages } from "./_formula.ts";

/** Parameters that are the same for the same name, biases among them, and the moving averages that are set. */
function source(): ParameterSource & { averages: Map<string, tf.Tensor> } {
  const averages = new Map<string, tf.Tensor>();
  const made = (name: string, shape: readonly number[]) =>
    tf.tensor([...formulaImages(name, shape.reduce((a, b) => a * b, 1))], [...shape]);
  return {
    averages,
    parameter: made,
    statistic: (name, shape) => made(name, shape),
    update: (name, value) => void averages.set(name, value),
  };
}

const IMAGES = tf.tensor4d(formulaImages("images", 2 * 6 * 6 * 3), [2, 6, 6, 3]);

function close(actual: tf.Tensor, expected: tf.Tensor): void {
  const [a, b] = [actual.dataSync(), expected.dataSync()];
  assert.deepEqual(actual.shape, expected.shape);
  a.forEach((value, i) => assert.ok(Math.abs(value - b[i]!) < 1e-4, `${i}: ${value}, ${b[i]}`));
}

/** A network with additions and 1x1 convolutions between a bias and the batch normalisation after it. */
function block(layers: Layers, bias: "added" | "cancelled"): tf.Tensor4D {
  const convolve = (x: Activation, filters: number, size: number) =>
    layers.conv2d(x, { filters, size, bias });
  const x = convolve(IMAGES, 4, 3);
  const y = convolve(x, 4, 1);
  return layers.batchNormalization(convolve(layers.add(x, y), 5, 1));
}

Deno.test("a bias that is left out is handed on to batch normalisation, whose output and averages are the same", () => {
  tf.tidy(() => {
    const [added, cancelled] = [source(), source()];
    const expected = block(new Layers(added, { training: true }), "added");
    const actual = block(new Layers(cancelled, { training: true }), "cancelled");
    close(actual, expected);
    assert.equal(cancelled.averages.size, 2);
    for (const [name, average] of added.averages) close(cancelled.averages.get(name)!, average);
  });
});

Deno.test("without training the bias is added at once, and averages take nothing", () => {
  tf.tidy(() => {
    const [added, cancelled] = [source(), source()];
    const expected = block(new Layers(added, { training: false }), "added");
    close(block(new Layers(cancelled, { training: false }), "cancelled"), expected);
    assert.equal(cancelled.averages.size, 0);
  });
});

Deno.test("layers that can't hand a left-out bias on refuse it, in types and when they run", () => {
  tf.tidy(() => {
    const layers = new Layers(source(), { training: true });
    const x = layers.conv2d(IMAGES, { filters: 4, size: 3, bias: "cancelled" });
    assert.ok(partsOf(x).leftOut);
    assert.throws(
      () => layers.conv2d(x, { filters: 4, size: 3 }),
      /a bias was cancelled before a convolution larger/,
    );
    // @ts-expect-error It is no tensor.
    assert.throws(() => layers.maxPool(x));
    // @ts-expect-error It is no tensor.
    assert.throws(() => layers.depthwiseConv2d(x, { size: 3 }));
    // @ts-expect-error It is no tensor.
    assert.throws(() => tf.relu(x));
    // @ts-expect-error It is no tensor.
    assert.throws(() => layers.dense(x, { units: 2 }));
    // @ts-expect-error It is no tensor.
    assert.throws(() => tf.mean(layers.dropout(x, 0.5)));
  });
});
