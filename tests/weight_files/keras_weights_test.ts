import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { join } from "node:path";
import { File as H5File, ready } from "h5wasm";
import { InputError } from "../../lib/support/input_error.ts";
import { readKerasWeights } from "../../lib/weight_files/keras_weights.ts";
import { elementCount } from "../../lib/weight_files/stored_tensor.ts";

/** What a weight has to be: layer, weight, shape, first element, last element, mean. */
type Row = [layer: string, weight: string, shape: number[], first: number, last: number, mean: number];

// Made by tests/oracles/keras_weights.py.
const FIXTURES = join(import.meta.dirname!, "../fixtures/model");
const EXPECTED: Record<string, Row[]> = JSON.parse(
  await Deno.readTextFile(join(FIXTURES, "keras_weights.json")),
);

/** The rows that a file gives; means are rounded, as a sum depends on its order. */
async function rowsOf(file: string): Promise<Row[]> {
  return (await readKerasWeights(file)).flatMap(({ name, weights }) =>
    [...weights].map(([weight, { dtype, shape, data }]): Row => {
      const values = data as Float32Array;
      equal(dtype, "F32");
      equal(values.length, elementCount(shape));
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      return [name, weight, [...shape], values[0]!, values.at(-1)!, rounded(mean)];
    })
  );
}

function rounded(mean: number): number {
  return Math.round(mean * 1e9);
}

function expectedOf(name: string): Row[] {
  const rows = EXPECTED[name] ?? [];
  ok(rows.length > 0);
  return rows.map(([layer, weight, shape, first, last, mean]) => [
    layer,
    weight,
    shape,
    first,
    last,
    rounded(mean),
  ]);
}

/** Orders rows by their layer's kind (the rank of its first weight), and keeps the order within a kind. */
function byKind(rows: Row[]): Row[] {
  const kinds = new Map<string, number>();
  for (const [layer, , shape] of rows) if (!kinds.has(layer)) kinds.set(layer, shape.length);
  return rows.toSorted((a, b) => kinds.get(a[0])! - kinds.get(b[0])!);
}

/** A file that h5wasm makes, as bytes. */
async function hdf5Of(fill: (file: H5File) => void): Promise<Uint8Array> {
  const { FS } = await ready;
  const file = new H5File("/made.h5", "w");
  fill(file);
  file.close();
  const bytes = FS.readFile("/made.h5");
  FS.unlink("/made.h5");
  return bytes;
}

async function rejectsBytes(bytes: Uint8Array, message: RegExp): Promise<void> {
  const file = await Deno.makeTempFile({ suffix: ".h5" });
  await Deno.writeFile(file, bytes);
  await rejects(readKerasWeights(file), (error: Error) => {
    ok(error instanceof InputError, `${error.stack}`);
    match(error.message, message);
    ok(error.message.startsWith(`${file}: `));
    ok(!error.message.includes("\n"));
    return true;
  });
  await Deno.remove(file);
}

for (const name of ["keras_2_resnet.h5", "keras_2_nested.h5", "keras_3_nested.h5"]) {
  Deno.test(
    `${name} gives Keras' weights in the network's order`,
    { permissions: { read: true } },
    async () => {
      deepEqual(await rowsOf(join(FIXTURES, name)), expectedOf(name));
    },
  );
}

for (const name of ["keras_3_resnet.weights.h5", "keras_3_nested.weights.h5"]) {
  Deno.test(`${name} gives Keras' weights kind by kind`, { permissions: { read: true } }, async () => {
    deepEqual(byKind(await rowsOf(join(FIXTURES, name))), byKind(expectedOf(name)));
  });
}

Deno.test("weights of Keras 2 in Keras 3's format are named by class and number", async () => {
  const names: Record<string, string> = {
    "stem/conv": "conv2d",
    conv2d_13: "conv2d_1",
    batch_normalization_10: "batch_normalization",
    "top/dense": "dense",
  };
  const name = "keras_2_nested.weights.h5";
  const expected = expectedOf(name).map(([layer, ...rest]): Row => [names[layer]!, ...rest]);
  deepEqual(byKind(await rowsOf(join(FIXTURES, name))), byKind(expected));
});

Deno.test("a missing file is named", async () => {
  await rejects(readKerasWeights("missing.h5"), { name: "InputError", message: "missing.h5: no such file" });
});

Deno.test("a file cut anywhere is refused in one line", async () => {
  const whole = await Deno.readFile(join(FIXTURES, "keras_2_nested.h5"));
  for (const length of [8, 100, 5000, whole.length >> 1, whole.length - 1]) {
    await rejectsBytes(whole.subarray(0, length), /not a whole HDF5 file: /);
  }
  await rejectsBytes(whole.subarray(0, 0), /not an HDF5 file, but an empty file$/);
  await rejectsBytes(whole.subarray(0, 7), /not an HDF5 file, but something unknown/);
  await rejectsBytes(whole.subarray(0, 5000), /truncated file: eof = 5000/);
});

Deno.test("what is not HDF5, or not of Keras, is refused", async () => {
  await rejectsBytes(new TextEncoder().encode("<html>404</html>"), /not an HDF5 file, but a web page/);
  await rejectsBytes(await hdf5Of(() => {}), /holds neither layer_names nor layers/);
  await rejectsBytes(await hdf5Of((file) => file.create_group("layers")), /holds no weights/);
});

Deno.test("weights of a kind that is not read are refused", async () => {
  const keras3 = (layer: string, data: Float32Array | Int32Array) =>
    hdf5Of((file) => {
      file.create_group("layers").create_group(layer).create_group("vars").create_dataset({
        name: "0",
        data,
      });
    });
  const two = [1, 2];
  await rejectsBytes(
    await keras3("lstm_1", Float32Array.from(two)),
    /layer "lstm_1" with 1 weights is of no kind/,
  );
  await rejectsBytes(
    await keras3("constructor", Float32Array.of(1)),
    /layer "constructor" with 1 weights is of no kind/,
  );
  await rejectsBytes(
    await keras3("dense", Int32Array.from(two)),
    /weight \/layers\/dense\/vars\/0 is not an array/,
  );
});

Deno.test("a layer or weight that attributes name and the file lacks is refused", async () => {
  const keras2 = (layers: string[], weights: string[]) =>
    hdf5Of((file) => {
      file.create_attribute("layer_names", layers);
      file.create_group("dense").create_attribute("weight_names", weights);
    });
  await rejectsBytes(await keras2(["other"], []), /layer "other" is missing/);
  await rejectsBytes(await keras2(["dense"], ["dense/bias:0"]), /weight \/dense\/dense\/bias:0 is missing/);
  await rejectsBytes(await keras2(["dense"], ["bias:0"]), /weight "bias:0" names no layer/);
});

Deno.test("a weight that claims to be larger than its file is refused before it is read", async () => {
  const bytes = await hdf5Of((file) => {
    const group = file.create_group("layers").create_group("dense").create_group("vars");
    const shape = [1000, 1000];
    group.create_dataset({ name: "0", data: new Float32Array(1e6), shape, chunks: shape, compression: 9 });
  });
  ok(bytes.length < 1e5);
  await rejectsBytes(
    bytes,
    /the weights up to \/layers\/dense\/vars\/0 of shape \[1000,1000\] would need 4000000 bytes, and the file has/,
  );
});

Deno.test("weights that are named many times are refused before they fill the memory", async () => {
  const names = Array.from({ length: 3000 }, () => "dense/kernel:0");
  const bytes = await hdf5Of((file) => {
    file.create_attribute("layer_names", ["dense"]);
    const group = file.create_group("dense");
    group.create_attribute("weight_names", names);
    group.create_group("dense").create_dataset({
      name: "kernel:0",
      data: new Float32Array(10_000),
      shape: [100, 100],
    });
  });
  await rejectsBytes(
    bytes,
    /the weights up to \/dense\/dense\/kernel:0 of shape \[100,100\] would need \d+ bytes/,
  );
});

Deno.test("a damaged file that sends the HDF5 library around in circles is given up", async () => {
  const bytes = await Deno.readFile(join(FIXTURES, "keras_2_nested.h5"));
  bytes.fill(0, 2064, 2064 + 17); // found by trying: the library reads on for ever
  await rejectsBytes(bytes, /not a whole HDF5 file: its parts lead around in circles/);
});
