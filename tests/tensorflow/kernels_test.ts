import assert from "node:assert/strict";
import { graph, tf } from "../../lib/tensorflow/mod.ts";

// What TensorFlow.js' own specs leave out; they run in conformance_test.ts.

type Windows = [filter: number, stride: number, pad: number, rounding: "floor" | "ceil" | "round"];

const WINDOWS: Windows[] = [[3, 1, 1, "floor"], [2, 2, 1, "floor"], [3, 2, 2, "ceil"], [2, 3, 1, "round"]];

/** Values in no order, none twice. */
function shuffled(shape: number[]): tf.Tensor {
  const size = shape.reduce((product, size) => product * size);
  return tf.tensor(Float32Array.from({ length: size }, (_, i) => (i * 37 % size) / 4 - 3), shape);
}

/** Pools a [height, width] image by its definition: over the places of each window that lie in the image. */
function pooled(
  image: number[][],
  [filter, stride, pad, rounding]: Windows,
  of: (window: number[]) => number,
) {
  const count = (size: number) => Math[rounding]((size - filter + 2 * pad) / stride) + 1;
  const windows = (size: number) =>
    Array.from({ length: count(size) }, (_, i) => {
      return Array.from({ length: filter }, (_, k) => i * stride - pad + k).filter((at) =>
        at >= 0 && at < size
      );
    });
  return windows(image.length).map((rows) =>
    windows(image[0]!.length).map((columns) =>
      of(rows.flatMap((row) => columns.map((at) => image[row]![at]!)))
    )
  );
}

for (const windows of WINDOWS) {
  const [filter, stride, pad, rounding] = windows;
  const called = `windows of ${filter}, stride ${stride}, padding ${pad}, rounding ${rounding}`;

  Deno.test(`Pooling in ${called} is what its definition says`, () => {
    tf.tidy(() => {
      const x = shuffled([1, 5, 6, 1]) as tf.Tensor4D;
      const image = (tf.squeeze(x) as tf.Tensor2D).arraySync();
      const largest = pooled(image, windows, (values) => Math.max(...values));
      const mean = pooled(
        image,
        windows,
        (values) => values.reduce((a, b) => a + b, 0) / (values.length || 1),
      );
      const [actualLargest, actualMean] = [tf.maxPool, tf.avgPool].map((pool) => {
        return (tf.squeeze(pool(x, filter, stride, pad, rounding)) as tf.Tensor2D).arraySync();
      });
      const seen = largest.map((row, i) =>
        row.map((value, j) => Number.isFinite(value) ? value : actualLargest![i]![j])
      );
      assert.deepEqual(actualLargest, seen);
      close(actualMean!.flat(), mean.flat());
    });
  });

  Deno.test(`The gradients of pooling in ${called} are those of its values`, () => {
    tf.tidy(() => {
      for (const pool of [tf.maxPool, tf.avgPool]) {
        const f = (x: tf.Tensor) => pool(x as tf.Tensor4D, filter, stride, pad, rounding);
        compareWithDifferences(f, shuffled([2, 4, 5, 2]));
      }
      if (rounding !== "floor") return;
      for (const pool of [tf.maxPool3d, tf.avgPool3d]) {
        const f = (x: tf.Tensor) => pool(x as tf.Tensor5D, filter, stride, pad, rounding);
        compareWithDifferences(f, shuffled([1, 3, 4, 3, 2]));
      }
    });
  });
}

/** Holds the gradient of a weighted sum of a function's finite values against differences of that sum. */
function compareWithDifferences(f: (x: tf.Tensor) => tf.Tensor, x: tf.Tensor): void {
  const weights = shuffled(f(x).shape);
  const finite = tf.less(tf.abs(f(x)), 1e30);
  const sum = (x: tf.Tensor) => tf.sum(tf.where(finite, tf.mul(f(x), weights), 0));
  const gradient = tf.grad(sum)(x);
  const values = x.dataSync();
  const step = 1 / 16;
  const differences = Array.from(values, (_, i) => {
    const [up, down] = [step, -step].map((by) => {
      const moved = Float32Array.from(values);
      moved[i]! += by;
      return sum(tf.tensor(moved, x.shape)).dataSync()[0]!;
    });
    return (up! - down!) / (2 * step);
  });
  close([...gradient.dataSync()], differences, 1e-2);
}

function close(actual: readonly number[], expected: readonly number[], tolerance = 1e-4): void {
  assert.equal(actual.length, expected.length);
  actual.forEach((value, i) => {
    const off = Math.abs(value - expected[i]!);
    assert.ok(off <= tolerance * Math.max(1, Math.abs(expected[i]!)), `${i}: ${value} for ${expected[i]}`);
  });
}

Deno.test("Convolution with padding in numbers is that of a padded image, with its gradients", () => {
  tf.tidy(() => {
    const x = shuffled([2, 5, 4, 3]) as tf.Tensor4D;
    const filter = tf.div(shuffled([3, 2, 3, 4]), 10) as tf.Tensor4D;
    const pads: [[number, number], [number, number], [number, number], [number, number]] = [[0, 0], [1, 2], [
      0,
      1,
    ], [0, 0]];
    const run = (f: (x: tf.Tensor, filter: tf.Tensor) => tf.Tensor) => {
      const { value, grads } = tf.valueAndGrads((x, filter) => tf.sum(tf.square(f(x!, filter!))))([
        x,
        filter,
      ]);
      return [value, ...grads].map((tensor) => [...tensor.dataSync()]);
    };
    const actual = run((x, filter) => tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 2, pads));
    const padded = run((x, filter) => {
      return tf.conv2d(tf.pad(x as tf.Tensor4D, pads), filter as tf.Tensor4D, 2, "valid");
    });
    actual.forEach((values, i) => close(values, padded[i]!));
  });
});

Deno.test("Fused convolution with channels first is that with channels last", () => {
  tf.tidy(() => {
    const x = shuffled([2, 5, 4, 3]) as tf.Tensor4D;
    const filter = tf.div(shuffled([3, 3, 3, 4]), 10) as tf.Tensor4D;
    const bias = tf.tensor1d([1, -2, 3, 0.5]);
    const given = { filter, strides: 1, pad: "same", bias, activation: "relu" } as const;
    const last = tf.fused.conv2d({ ...given, x, dataFormat: "NHWC" });
    const first = tf.fused.conv2d({ ...given, x: tf.transpose(x, [0, 3, 1, 2]), dataFormat: "NCHW" });
    assert.deepEqual(first.shape, [2, 4, 5, 4]);
    close([...tf.transpose(first, [0, 2, 3, 1]).dataSync()], [...last.dataSync()]);
  });
});

Deno.test("Samples follow their probabilities, and from the seed", () => {
  tf.tidy(() => {
    const probabilities = tf.tensor1d([0.1, 0.6, 0.3]);
    const draw = (seed: number) => [...tf.multinomial(probabilities, 20_000, seed, true).dataSync()];
    const samples = draw(1);
    for (const [outcome, probability] of [0.1, 0.6, 0.3].entries()) {
      const share = samples.filter((sample) => sample === outcome).length / samples.length;
      assert.ok(Math.abs(share - probability) < 0.02, `${share} for ${probability}`);
    }
    assert.deepEqual(draw(1), samples);
    assert.notDeepEqual(draw(1.5), samples);
    const logits = tf.multinomial(tf.log(probabilities) as tf.Tensor1D, 20_000, 1);
    assert.deepEqual([...logits.dataSync()], samples);
  });
});

Deno.test("unique() takes all NaNs for one value, and zeros of both signs", () => {
  tf.tidy(() => {
    const { values, indices } = tf.unique(tf.tensor1d([0, NaN, -0, 2.5, NaN, -2.5]));
    assert.deepEqual([...values.dataSync()], [0, NaN, 2.5, -2.5]);
    assert.deepEqual([...indices.dataSync()], [0, 1, 0, 2, 1, 3]);
  });
});

Deno.test("Kernels work alike in graphs: gathering, means of integers, signs, transforms, looking up", () => {
  tf.tidy(() => {
    const work = (x: tf.Tensor, places: tf.Tensor) => [
      tf.gather(x, places as tf.Tensor1D, 1),
      tf.mean(places),
      tf.sign(tf.where(tf.equal(x, 0), NaN, x)),
      tf.image.transform(
        tf.reshape(x, [1, 3, 4, 1]),
        tf.tensor2d([[1, 0, 1, 0, 1, 0, 0, 0]]),
        "nearest",
        "constant",
        9,
      ),
      tf.lowerBound(tf.tensor1d([0, 2, 4]), tf.slice(tf.reshape(x, [-1]), 0, 5)),
      tf.einsum("ij,kj->ik", x, x),
      tf.denseBincount(places as tf.Tensor1D, tf.tensor1d([]), 4),
    ];
    const x = tf.tensor2d([[0, 1, 2, 3], [4, -5, 6, 7], [8, 9, 10, 11]]);
    const places = tf.tensor1d([3, 0, 3], "int32");
    const traced = graph(work);
    const [eager, recorded] = [work, traced].map((f) =>
      f(x, places).map((tensor) => [tensor.shape, tensor.arraySync()])
    );
    assert.deepEqual(recorded, eager);
    assert.deepEqual(eager![0]![1], [[3, 0, 3], [7, 4, 7], [11, 8, 11]]);
    assert.deepEqual(eager![1]![1], 2);
    assert.deepEqual(eager![2]![1], [[0, 1, 1, 1], [1, -1, 1, 1], [1, 1, 1, 1]]);
    assert.deepEqual((eager![3]![1] as number[][][][])[0]!.map((row) => row.flat()), [[1, 2, 3, 9], [
      -5,
      6,
      7,
      9,
    ], [9, 10, 11, 9]]);
    assert.deepEqual(eager![4]![1], [[0, 1, 1, 2, 2]]);
    assert.deepEqual(eager![5]![1], [[14, 28, 62], [28, 126, 124], [62, 124, 366]]);
    assert.deepEqual(eager![6]![1], [1, 0, 0, 2]);
    traced.dispose();
  });
});
