import { deepEqual, equal, ok, rejects, throws } from "node:assert/strict";
import { join } from "node:path";
import { InputError } from "../../lib/support/input_error.ts";
import { readSafetensors, safetensorsFile } from "../../lib/weight_files/safetensors.ts";
import type { StoredTensor } from "../../lib/weight_files/stored_tensor.ts";

// Made by tests/oracles/safetensors_files.py.
const FIXTURE = join(import.meta.dirname!, "../fixtures/model/python.safetensors");

const TENSORS: [string, StoredTensor][] = [
  ["dense/kernel", { dtype: "F32", shape: [2, 3], data: Float32Array.of(0, 0.25, 0.5, 0.75, 1, 1.25) }],
  ["dense/bias", { dtype: "F32", shape: [3], data: Float32Array.of(-1.5, Infinity, 2 ** -149) }],
  ["half", { dtype: "F16", shape: [3], data: Uint16Array.of(0x3c00, 0xc000, 0x7bff) }],
  ["brain", { dtype: "BF16", shape: [3], data: Uint16Array.of(0x3f80, 0xc000, 0x7f80) }],
  ["double", { dtype: "F64", shape: [2], data: Float64Array.of(0.1, -1e300) }],
  ["step", { dtype: "I64", shape: [], data: BigInt64Array.of(2n ** 53n + 1n) }],
  ["seed", { dtype: "U64", shape: [1], data: BigUint64Array.of(2n ** 64n - 1n) }],
  ["int", { dtype: "I32", shape: [2, 1], data: Int32Array.of(-5, 7) }],
  ["uint", { dtype: "U32", shape: [1], data: Uint32Array.of(2 ** 32 - 1) }],
  ["short", { dtype: "I16", shape: [2], data: Int16Array.of(-300, 300) }],
  ["ushort", { dtype: "U16", shape: [1], data: Uint16Array.of(65535) }],
  ["byte", { dtype: "U8", shape: [2], data: Uint8Array.of(0, 255) }],
  ["sbyte", { dtype: "I8", shape: [2], data: Int8Array.of(-128, 127) }],
  ["mask", { dtype: "BOOL", shape: [3], data: Uint8Array.of(1, 0, 1) }],
  ["empty", { dtype: "F32", shape: [0, 4], data: new Float32Array() }],
  ["größe", { dtype: "F32", shape: [1], data: Float32Array.of(3) }],
];
const METADATA = { network: 'resnet11v2 "test"' };

/** A file of the given header, with so many zero bytes behind it. */
function fileOf(header: unknown, dataBytes: number): Uint8Array {
  const text = new TextEncoder().encode(typeof header === "string" ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + text.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  return bytes;
}

Deno.test("a file of Python's package is read, every element type", async () => {
  const { tensors, metadata } = await readSafetensors(FIXTURE);
  deepEqual(metadata, METADATA);
  deepEqual(tensors, new Map(TENSORS));
});

Deno.test("a written file has the bytes of Python's package, whatever the map's order", async () => {
  const expected = await Deno.readFile(FIXTURE);
  for (const tensors of [TENSORS, TENSORS.toReversed()]) {
    deepEqual(safetensorsFile(new Map(tensors), { metadata: METADATA, checksum: false }), expected);
  }
});

Deno.test("a flipped bit anywhere in a written file is an InputError that names it", async () => {
  const file = await Deno.makeTempFile();
  const whole = safetensorsFile(new Map(TENSORS), { metadata: { ...METADATA, epoch: "3" } });
  await Deno.writeFile(file, whole);
  deepEqual(await readSafetensors(file), {
    tensors: new Map(TENSORS),
    metadata: { ...METADATA, epoch: "3" },
  });
  for (let bit = 0; bit < 8 * whole.length; bit++) {
    const flipped = whole.slice();
    flipped[bit >> 3]! ^= 1 << (bit & 7);
    await Deno.writeFile(file, flipped);
    const error = await readSafetensors(file).then(() => `bit ${bit} was not noticed`, (error) => error);
    ok(error instanceof InputError && error.message.startsWith(`${file}: `), String(error));
  }
  await Deno.remove(file);
});

Deno.test("a file without metadata and tensors is read back", async () => {
  const file = await Deno.makeTempFile();
  await Deno.writeFile(file, safetensorsFile(new Map()));
  deepEqual(await readSafetensors(file), { tensors: new Map(), metadata: {} });
  await Deno.remove(file);
});

Deno.test("a file cut at any byte is an InputError that names it", async () => {
  const whole = await Deno.readFile(FIXTURE);
  const file = await Deno.makeTempFile();
  for (let length = whole.length - 1; length >= 0; length -= 7) {
    await Deno.writeFile(file, whole.subarray(0, length));
    await rejects(readSafetensors(file), (error: Error) => {
      equal(error.constructor, InputError);
      equal(error.message.startsWith(file), true);
      equal(error.message.includes("\n"), false);
      return /cut short/.test(error.message);
    });
  }
  await Deno.remove(file);
  await rejects(readSafetensors(file), { name: "InputError", message: `${file}: no such file` });
});

const F32 = { dtype: "F32", shape: [2], data_offsets: [0, 8] };
const BAD: [string, unknown, number, string][] = [
  ["text", "{nonsense", 8, "not a safetensors file: its header is not JSON"],
  ["a list", [1], 8, "cut short, or not a safetensors file but something unknown (its first bytes"],
  [
    "a tensor that is there twice",
    `{"a": ${JSON.stringify(F32)}, "a": ${JSON.stringify(F32)}}`,
    8,
    'header, line 1: "a" is there twice',
  ],
  ["lists in lists", `{"a": ${"[".repeat(300_001)}`, 8, "its header has 300002 lists and objects"],
  [
    "metadata of numbers",
    { __metadata__: { a: 1 } },
    0,
    "the header's __metadata__ is not an object of texts",
  ],
  ["a number for a tensor", { a: 1 }, 8, 'tensor "a" is not described by an object'],
  [
    "an unknown type",
    { a: { ...F32, dtype: "C64" } },
    8,
    'tensor "a" has the type "C64", which cannot be read',
  ],
  [
    "a property for a type",
    { a: { ...F32, dtype: "toString" } },
    8,
    'tensor "a" has the type "toString", which',
  ],
  [
    "a negative size",
    { a: { ...F32, shape: [-2] } },
    8,
    'tensor "a" has the shape [-2], not a list of sizes',
  ],
  [
    "three offsets",
    { a: { ...F32, data_offsets: [0, 8, 9] } },
    8,
    'tensor "a" has the offsets [0,8,9], not two',
  ],
  [
    "a huge shape",
    { a: { ...F32, shape: [2 ** 50, 2 ** 50] } },
    8,
    `tensor "a" of type F32 and shape [${2 ** 50},${2 ** 50}] needs ${2 ** 102} bytes and has 8`,
  ],
  [
    "a huge tensor",
    { a: { ...F32, shape: [2 ** 40], data_offsets: [0, 2 ** 42] } },
    8,
    "cut short: its tensors need",
  ],
  ["overlap", { a: F32, b: F32 }, 16, 'tensor "b" begins at byte 0 of the data, not at 8'],
  [
    "a hole",
    { a: F32, b: { ...F32, data_offsets: [12, 20] } },
    20,
    'tensor "b" begins at byte 12 of the data',
  ],
  ["bytes left over", { a: F32 }, 9, "1 bytes after the last tensor"],
];
for (const [name, header, dataBytes, message] of BAD) {
  Deno.test(`a header with ${name} is refused`, async () => {
    const file = await Deno.makeTempFile();
    await Deno.writeFile(file, fileOf(header, dataBytes));
    await rejects(readSafetensors(file), (error: Error) => {
      equal(error.constructor, InputError);
      equal(error.message.slice(0, file.length + 2 + message.length), `${file}: ${message}`);
      return true;
    });
    await Deno.remove(file);
  });
}

Deno.test("a shape that is not its elements' is not written", () => {
  const tensor: StoredTensor = { dtype: "F32", shape: [3], data: new Float32Array(2) };
  throws(() => safetensorsFile(new Map([["a", tensor]])), RangeError);
});
