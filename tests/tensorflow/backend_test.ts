import assert from "node:assert/strict";
import { backend, binding, tf } from "../../lib/tensorflow/backend.ts";
import { devices, libraryVersion } from "../../lib/tensorflow/context.ts";
import { AttributeType, DataType } from "../../lib/tensorflow/data_type.ts";
import { run, typeOf } from "../../lib/tensorflow/kernels/_kernel.ts";
import type { TensorValues } from "../../lib/tensorflow/tensor_handle.ts";

/** A copy that TensorFlow made, so that values have been there and back. */
function identity(x: tf.Tensor): tf.Tensor {
  return run("Identity", [x], { attributes: { T: typeOf(x) } })[0]!;
}

function roundTrip(shape: number[], dtype: number, values: TensorValues): TensorValues {
  const id = binding.createTensor(shape, dtype, values);
  const attributes = [{ name: "T", type: AttributeType.TYPE, value: dtype }];
  const [copy] = binding.executeOp("Identity", attributes, [id], 1);
  assert.deepEqual([copy!.shape, copy!.dtype], [shape, dtype]);
  const read = binding.tensorDataSync(copy!.id);
  binding.deleteTensor(id);
  binding.deleteTensor(copy!.id);
  return read;
}

Deno.test("Values of every type come back from TensorFlow as they were", () => {
  const floats = Float32Array.of(0, -0, 1.5, NaN, Infinity, -Infinity, 1e-45, 3.4028234663852886e38);
  const integers = Int32Array.of(0, -1, 2147483647, -2147483648);
  const bytes = Uint8Array.of(0, 1, 255, 7);
  const long = BigInt64Array.of(0n, -1n, 2n ** 62n, -(2n ** 63n));
  const complex = Float32Array.of(1, -2, NaN, 0.5);
  assert.deepEqual(roundTrip([2, 4], DataType.FLOAT, floats), floats);
  assert.deepEqual(roundTrip([4], DataType.INT32, integers), integers);
  assert.deepEqual(roundTrip([2, 2], DataType.UINT8, bytes), bytes);
  assert.deepEqual(roundTrip([4], DataType.INT64, long), long);
  assert.deepEqual(roundTrip([2], DataType.COMPLEX64, complex), complex);
  assert.deepEqual(roundTrip([3], DataType.BOOL, Uint8Array.of(1, 0, 1)), Uint8Array.of(1, 0, 1));
});

Deno.test("64-bit integers may come as low and high halves", () => {
  const halves = Int32Array.of(5, 0, -5, -1, 0, 1);
  assert.deepEqual(roundTrip([3], DataType.INT64, halves), BigInt64Array.of(5n, -5n, 2n ** 32n));
});

Deno.test("Texts of any length and content come back, as strings and as bytes", () => {
  const texts = ["", "a", "more than the 22 bytes that fit a short string", "Grüße, 胸部", "zero\0inside"];
  assert.deepEqual(identity(tf.tensor1d(texts)).arraySync(), texts);
  assert.deepEqual(identity(tf.tensor2d([["a", "b"], ["c", "d"]])).arraySync(), [["a", "b"], ["c", "d"]]);
  const bytes = [Uint8Array.of(0, 255, 128), new Uint8Array(0), new Uint8Array(100).fill(200)];
  assert.deepEqual(roundTrip([3], DataType.STRING, bytes), bytes);
});

Deno.test("Scalars, empty tensors and six axes keep their shape", () => {
  assert.equal(identity(tf.scalar(3)).arraySync(), 3);
  assert.equal(identity(tf.scalar("x")).arraySync(), "x");
  for (const dtype of ["float32", "int32", "bool", "string"] as const) {
    const empty = identity(tf.tensor([], [2, 0, 3], dtype));
    assert.deepEqual([empty.shape, empty.dtype, empty.dataSync().length], [[2, 0, 3], dtype, 0]);
  }
  const six = identity(tf.range(0, 64, 1, "int32").reshape([2, 2, 2, 2, 2, 2]));
  assert.deepEqual(six.shape, [2, 2, 2, 2, 2, 2]);
  assert.deepEqual([...six.dataSync()], Array.from({ length: 64 }, (_, i) => i));
});

Deno.test("Half, bfloat16 and double values are read as float32", () => {
  const values = [1, -0.5, 65504, NaN, 2 ** -14];
  for (const type of [DataType.HALF, DataType.DOUBLE, DataType.BFLOAT16]) {
    const id = binding.createTensor([5], DataType.FLOAT, Float32Array.from(values));
    const attributes = [
      { name: "SrcT", type: AttributeType.TYPE, value: DataType.FLOAT },
      { name: "DstT", type: AttributeType.TYPE, value: type },
    ];
    const [cast] = binding.executeOp("Cast", attributes, [id], 1);
    const rounded = type === DataType.BFLOAT16 ? values.with(2, 65536) : values;
    assert.deepEqual([...binding.tensorDataSync(cast!.id)], rounded);
    binding.deleteTensor(id);
    binding.deleteTensor(cast!.id);
  }
});

Deno.test("Errors have the operation's name and TensorFlow's own message", () => {
  const [a, b] = [tf.ones([2, 3]), tf.ones([2, 3])];
  const attributes = { T: typeOf(a), transpose_a: false, transpose_b: false };
  assert.throws(() => run("MatMul", [a, b], { attributes }), (error: Error) => {
    assert.match(error.message, /^MatMul: .*Matrix size-incompatible: In\[0\]: \[2,3\], In\[1\]: \[2,3\]/);
    return true;
  });
  assert.throws(() => run("NoSuchOperation", [a]), /^Error: NoSuchOperation: .*'NoSuchOperation'/);
  const windows = { ksize: [1, 2, 2, 1], strides: [1, 1, 1, 1], padding: "NEARLY" };
  assert.throws(
    () => run("MaxPool", [tf.ones([1, 4, 4, 1])], { attributes: windows }),
    /^Error: MaxPool: .*NEARLY/,
  );
  assert.throws(
    () => run("Relu", [tf.tensor1d(["a"])], { attributes: { T: typeOf({ dtype: "string" }) } }),
    /Relu/,
  );
});

Deno.test("Values that do not fit the shape are an error", () => {
  assert.throws(() => binding.createTensor([2, 3], DataType.FLOAT, Float32Array.of(1, 2)), {
    message: "A tensor of shape [2,3] needs 6 values, and 2 were given",
  });
  assert.throws(() => binding.createTensor([2], DataType.STRING, [Uint8Array.of(1)]), {
    message: "A tensor of shape [2] needs 2 values, and 1 were given",
  });
});

Deno.test("A disposed tensor is an error, not a crash", () => {
  const id = binding.createTensor([1], DataType.FLOAT, Float32Array.of(1));
  binding.deleteTensor(id);
  binding.deleteTensor(id);
  assert.throws(() => binding.tensorDataSync(id), {
    message: `There is no tensor ${id}: it was disposed of`,
  });
  assert.throws(() => binding.executeOp("Identity", [], [id], 1), /it was disposed of/);
});

Deno.test("Memory stays flat over 10,000 operations, failing ones among them", () => {
  const work = (count: number) => {
    for (let i = 0; i < count; i++) {
      tf.tidy(() => {
        const x = tf.fill([16384], i);
        const { values } = tf.topk(tf.add(tf.relu(x), 1), 2);
        assert.equal(values.dataSync()[0], i + 1);
        const text = tf.tensor1d(["a text that is longer than twenty-two bytes", `${i}`]);
        assert.equal(identity(text).dataSync<"string">()[1], `${i}`);
        if (i % 10 === 0) assert.throws(() => run("Relu", [text]));
      });
    }
  };
  work(500);
  const before = {
    tensors: tf.memory().numTensors,
    stored: binding.getNumOfTensors(),
    bytes: Deno.memoryUsage().rss,
  };
  work(2500);
  assert.equal(tf.memory().numTensors, before.tensors);
  assert.equal(binding.getNumOfTensors(), before.stored);
  // One handle lost at each round would be 160 MB.
  assert.ok(
    Deno.memoryUsage().rss - before.bytes < 60e6,
    `${(Deno.memoryUsage().rss - before.bytes) / 1e6} MB more`,
  );
});

Deno.test("devices() and libraryVersion() describe what runs", () => {
  assert.match(libraryVersion(), /^\d+\.\d+\.\d+/);
  assert.equal(binding.TF_Version, libraryVersion());
  assert.ok(devices().some(({ type, name }) => type === "CPU" && name.endsWith("CPU:0")));
  assert.equal(binding.isUsingGpuDevice(), devices().some(({ type }) => type === "GPU"));
  assert.equal(tf.getBackend(), "tensorflow");
  assert.equal(backend().binding, binding);
});
