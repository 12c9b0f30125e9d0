import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { join } from "node:path";
import { zipSync } from "fflate";
import { InputError } from "../../lib/support/input_error.ts";
import type { StoredTensor } from "../../lib/weight_files/stored_tensor.ts";
import { readTorchCheckpoint } from "../../lib/weight_files/torch_checkpoint.ts";

// Made by tests/oracles/torch_checkpoints.py.
const FIXTURES = join(import.meta.dirname!, "../fixtures/model");

const STATE: [string, StoredTensor][] = [
  ["rows", { dtype: "F32", shape: [2, 3, 4], data: Float32Array.from({ length: 24 }, (_, i) => i) }],
  [
    "channels_last",
    {
      dtype: "F32",
      shape: [2, 3, 4],
      data: Float32Array.of(
        0,
        3,
        6,
        9,
        1,
        4,
        7,
        10,
        2,
        5,
        8,
        11,
        12,
        15,
        18,
        21,
        13,
        16,
        19,
        22,
        14,
        17,
        20,
        23,
      ),
    },
  ],
  ["part", { dtype: "F32", shape: [2, 2], data: Float32Array.of(0, 2, 1, 3) }],
  ["column", { dtype: "F32", shape: [3], data: Float32Array.of(13, 17, 21) }],
  ["scalar", { dtype: "I64", shape: [], data: BigInt64Array.of(-(2n ** 40n)) }],
  ["empty", { dtype: "F32", shape: [0, 5], data: new Float32Array() }],
];

for (const name of ["torch_legacy.pth", "torch_zip.pth"]) {
  Deno.test(`${name}: a state dict, its strides, shared storages, offsets and parameters`, async () => {
    deepEqual(await readTorchCheckpoint(join(FIXTURES, name)), new Map(STATE));
  });
}

for (const name of ["torch_nested.pth", "torch_protocol_4.pth"]) {
  Deno.test(`${name}: a state dict among other values of a training run`, async () => {
    const expected = new Map(STATE.map(([key, tensor]) => [`state_dict.${key}`, tensor]));
    deepEqual(await readTorchCheckpoint(join(FIXTURES, name)), expected);
  });
}

Deno.test("every element type", async () => {
  const tensors = await readTorchCheckpoint(join(FIXTURES, "torch_every_type.pth"));
  const shape = [3];
  deepEqual(
    tensors,
    new Map<string, StoredTensor>([
      ["BoolStorage", { dtype: "BOOL", shape, data: Uint8Array.of(1, 0, 1) }],
      ["ByteStorage", { dtype: "U8", shape, data: Uint8Array.of(1, 2, 3) }],
      ["CharStorage", { dtype: "I8", shape, data: Int8Array.of(1, 2, 3) }],
      ["ShortStorage", { dtype: "I16", shape, data: Int16Array.of(1, 2, 3) }],
      ["IntStorage", { dtype: "I32", shape, data: Int32Array.of(1, 2, 3) }],
      ["LongStorage", { dtype: "I64", shape, data: BigInt64Array.of(1n, 2n, 3n) }],
      ["HalfStorage", { dtype: "F16", shape, data: Uint16Array.of(0x3c00, 0x4000, 0x4200) }],
      ["BFloat16Storage", { dtype: "BF16", shape, data: Uint16Array.of(1, 2, 3) }],
      ["FloatStorage", { dtype: "F32", shape, data: Float32Array.of(1, 2, 3) }],
      ["DoubleStorage", { dtype: "F64", shape, data: Float64Array.of(1, 2, 3) }],
    ]),
  );
});

async function rejectsBytes(bytes: Uint8Array, message: RegExp): Promise<void> {
  const file = await Deno.makeTempFile({ suffix: ".pth" });
  await Deno.writeFile(file, bytes);
  await rejects(readTorchCheckpoint(file), (error: Error) => {
    ok(error instanceof InputError, String(error));
    match(error.message, message);
    ok(error.message.startsWith(`${file}: `));
    ok(!error.message.includes("\n"));
    return true;
  });
  await Deno.remove(file);
}

Deno.test("a missing file is named", async () => {
  await rejects(readTorchCheckpoint("missing.pth"), {
    name: "InputError",
    message: "missing.pth: no such file",
  });
});

for (const name of ["torch_legacy.pth", "torch_zip.pth"]) {
  Deno.test(`${name} cut at any byte is refused`, async () => {
    const whole = await Deno.readFile(join(FIXTURES, name));
    for (let length = 0; length < whole.length; length += 13) {
      await rejectsBytes(whole.subarray(0, length), /cut short|no end/);
    }
    await rejectsBytes(whole.subarray(0, whole.length - 1), /cut short/);
  });
}

/** A pickle of protocol 2 from texts (latin-1) and numbers (bytes). */
function pickle(...parts: readonly (string | number)[]): Uint8Array {
  const codes = parts.flatMap((part) =>
    typeof part === "number" ? [part] : [...part].map((c) => c.charCodeAt(0))
  );
  return Uint8Array.of(0x80, 2, ...codes, 0x2e);
}

/** A checkpoint of the zip form, with one storage "0" of so many bytes. */
function checkpoint(pickle: Uint8Array, storageBytes = 8): Uint8Array {
  return zipSync({ "a/data.pkl": pickle, "a/data/0": new Uint8Array(storageBytes) }, { level: 0 });
}

const text = (value: string) => `U${String.fromCharCode(value.length)}${value}`;
const sizes = (values: readonly number[]) =>
  `(${
    values.map((value) =>
      "J" + String.fromCharCode(value & 255, value >> 8 & 255, value >> 16 & 255, value >> 24 & 255)
    )
      .join("")
  }t`;

/** The operations for a float tensor over a storage of `length` elements. */
function tensor(
  length: number,
  offset: number,
  shape: readonly number[],
  strides: readonly number[],
): string {
  const storage = `(${text("storage")}ctorch\nFloatStorage\n${text("0")}${text("cpu")}${
    sizes([length]).slice(1, -1)
  }tQ`;
  const place = sizes([offset]).slice(1, -1) + sizes(shape) + sizes(strides);
  return `ctorch._utils\n_rebuild_tensor_v2\n(${storage}${place}\x89}tR`;
}

Deno.test("the assembler of these tests makes a checkpoint that is read", async () => {
  const file = await Deno.makeTempFile();
  await Deno.writeFile(file, checkpoint(pickle("}", text("w"), tensor(2, 0, [2], [1]), "s")));
  deepEqual(
    await readTorchCheckpoint(file),
    new Map([["w", { dtype: "F32", shape: [2], data: new Float32Array(2) }]]),
  );
  await Deno.remove(file);
});

Deno.test("a constructor outside of the allow-list is refused by its name and not run", async () => {
  const ran = await Deno.makeTempFile();
  const system = `cposix\nsystem\n(${text(`rm ${ran}`)}tR`;
  await rejectsBytes(checkpoint(pickle(system)), /: names "posix\.system", which is not run$/);
  await rejectsBytes(pickle(system), /: names "posix\.system", which is not run$/);
  const stacked = [text("builtins"), text("eval"), 0x93, "(", text("1"), "tR"];
  await rejectsBytes(checkpoint(pickle(...stacked)), /: names "builtins\.eval", which is not run$/);
  for (const name of ["constructor", "__proto__", "torch.nn.modules.conv.Conv2d", "torch.load"]) {
    const [, module, member] = name.match(/^(?:(.*)\.)?(.*)$/)!;
    await rejectsBytes(
      checkpoint(pickle(`c${module ?? ""}\n${member}\n`)),
      /: names ".*", which is not run$/,
    );
  }
  equal((await Deno.stat(ran)).isFile, true);
  await Deno.remove(ran);
});

const BAD_PICKLES: [string, Uint8Array, RegExp][] = [
  ["an operation that is not read", pickle("i"), /operation 0x69/],
  ["an instance of a class", pickle(")", 0x81), /operation 0x81/],
  ["a protocol of the future", Uint8Array.of(0x80, 6, 0x4e, 0x2e), /a protocol above 5/],
  ["an empty stack", pickle("0"), /its stack is empty/],
  ["no mark", pickle("Nt"), /it lacks a mark/],
  ["a memory of nothing", pickle("h", 3), /nothing is kept as 3/],
  ["keys without values", pickle("}(Nu"), /a key lacks its value/],
  ["keys of no dictionary", pickle("]NNs"), /keys and values without a dictionary/],
  ["values of no list", pickle("}Na"), /values without a list/],
  ["a call of a value", pickle("ctorch\nFloatStorage\n)R"), /a call of what is no constructor/],
  ["a text beyond the end", pickle("X\xff\xff\xff\xff"), /cut short/],
  ["a storage that is none", pickle("NQ"), /refers to something else than a storage/],
  ["a storage without a class", pickle(`(${text("storage")}N${text("0")}NK`, 1, "tQ"), /something else than/],
  [
    "an OrderedDict of a number",
    pickle("ccollections\nOrderedDict\nK", 1, "\x85R"),
    /something else than pairs/,
  ],
  [
    "a tensor without a storage",
    pickle("ctorch._utils\n_rebuild_tensor_v2\n(NK", 0, "))tR"),
    /a tensor without/,
  ],
  ["dictionaries in depth", pickle(...nest(20)), /deeper than 16/],
];

/** Operations that put 20 dictionaries on the stack into one another. */
function nest(depth: number): string[] {
  return Array.from({ length: depth }, () => `}${text("a")}`).concat("N", "s".repeat(depth));
}

for (const [name, bytes, message] of BAD_PICKLES) {
  Deno.test(`a pickle with ${name} is refused`, () => rejectsBytes(checkpoint(bytes), message));
}

const BAD_TENSORS: [string, string, RegExp][] = [
  [
    "more elements than its storage",
    tensor(2, 0, [3], [1]),
    /offset 0, shape \[3\] and strides \[1\] does not fit into storage "0" of 2/,
  ],
  ["an offset beyond", tensor(2, 1, [2], [1]), /does not fit into storage "0" of 2/],
  ["strides beyond", tensor(2, 0, [2], [2]), /does not fit/],
  ["one stride for two axes", tensor(2, 0, [1, 2], [1]), /does not fit/],
  ["strides of zero and a huge shape", tensor(2, 0, [2 ** 30, 2 ** 30], [0, 0]), /does not fit/],
  ["a negative size", tensor(2, 0, [-1], [1]), /a tensor without storage, offset, shape and strides/],
  ["a negative stride", tensor(2, 1, [2], [-1]), /a tensor without storage, offset, shape and strides/],
  [
    "a storage that is larger than its bytes",
    tensor(3, 0, [2], [1]),
    /storage "0" of tensor "w" has 8 bytes, not those of 3/,
  ],
  [
    "a storage of another name",
    tensor(2, 0, [2], [1]).replace(text("0"), text("1")),
    /storage "1" of tensor "w" is missing/,
  ],
];
for (const [name, operations, message] of BAD_TENSORS) {
  Deno.test(`a tensor with ${name} is refused`, () =>
    rejectsBytes(checkpoint(pickle("}", text("w"), operations, "s")), message));
}

Deno.test("many tensors over one storage are refused when they would outgrow the file", async () => {
  const views = Array.from({ length: 9 }, (_, i) => text(`${i}`) + tensor(2500, 0, [2500], [1]));
  await rejectsBytes(
    checkpoint(pickle("}(", ...views, "u"), 10000),
    /need 90000 bytes, more than twice the file's/,
  );
});

Deno.test("a dictionary within itself ends", async () => {
  const file = await Deno.makeTempFile();
  await Deno.writeFile(file, checkpoint(pickle("}q", 0, text("a"), "h", 0, "s")));
  deepEqual(await readTorchCheckpoint(file), new Map());
  await Deno.remove(file);
});

Deno.test("archives that are not of PyTorch are refused", async () => {
  const none = pickle("N");
  await rejectsBytes(zipSync({ "a/b": none }, { level: 0 }), /it holds no data\.pkl/);
  await rejectsBytes(zipSync({ "a/data.pkl": new Uint8Array(500) }), /"a\/data\.pkl" is compressed/);
  const big = { "a/data.pkl": none, "a/byteorder": new TextEncoder().encode("big") };
  await rejectsBytes(zipSync(big, { level: 0 }), /is not little-endian/);
  await rejectsBytes(pickle("N"), /not a checkpoint of PyTorch/);
  await rejectsBytes(
    new TextEncoder().encode("<html>404</html>"),
    /not a pickle that is read: operation 0x3c/,
  );
});
