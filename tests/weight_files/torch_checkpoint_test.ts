import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { join } from "node:path";
import { type Zippable, zipSync } from "fflate";
import { InputError } from "../../lib/support/input_error.ts";
import type { StoredTensor } from "../../lib/weight_files/stored_tensor.ts";
import { readTorchCheckpoint } from "../../lib/weight_files/torch_checkpoint.ts";

/** The tensors of a checkpoint with their elements. */
async function tensorsOf(file: string): Promise<Map<string, StoredTensor>> {
  const { tensors } = await readTorchCheckpoint(file);
  return new Map([...tensors].map(([name, tensor]) => [name, tensor.read()]));
}

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
    deepEqual(await tensorsOf(join(FIXTURES, name)), new Map(STATE));
  });
}

for (const name of ["torch_nested.pth", "torch_protocol_4.pth"]) {
  Deno.test(`${name}: a state dict among other values of a training run`, async () => {
    const expected = new Map(STATE.map(([key, tensor]) => [`state_dict.${key}`, tensor]));
    deepEqual(await tensorsOf(join(FIXTURES, name)), expected);
  });
}

Deno.test("every element type", async () => {
  const tensors = await tensorsOf(join(FIXTURES, "torch_every_type.pth"));
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
  await rejects(tensorsOf(file), (error: Error) => {
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
      await rejectsBytes(whole.subarray(0, length), /cut short|no end|an empty file/);
    }
    await rejectsBytes(whole.subarray(0, whole.length - 1), /cut short/);
  });
}

/** A pickle of protocol 2 from texts (latin-1) and numbers (bytes). */
function pickle(...parts: readonly (string | number)[]): Uint8Array {
  const codes = parts.map((part) => typeof part === "number" ? String.fromCharCode(part) : part).join("");
  return Uint8Array.from(`\x80\x02${codes}.`, (code) => code.charCodeAt(0));
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
    await tensorsOf(file),
    new Map([["w", { dtype: "F32", shape: [2], data: new Float32Array(2) }]]),
  );
  await Deno.remove(file);
});

Deno.test("a name that runs commands is refused and not run", async () => {
  const ran = await Deno.makeTempFile();
  const system = `cposix\nsystem\n(${text(`rm ${ran}`)}tR`;
  const message =
    /: names "posix\.system", which is not run here but where PyTorch opens it: not a file to trust$/;
  await rejectsBytes(checkpoint(pickle(system)), message);
  await rejectsBytes(pickle(system), message);
  const stacked = [text("builtins"), text("eval"), 0x93, "(", text("1"), "tR"];
  await rejectsBytes(checkpoint(pickle(...stacked)), /: names "builtins\.eval", which is not run/);
  equal((await Deno.stat(ran)).isFile, true);
  await Deno.remove(ran);
});

Deno.test("what else a pickle names becomes a record: its state is looked through and nothing is called", async () => {
  const file = await Deno.makeTempFile();
  for (const name of ["constructor", "__proto__", "torch.nn.modules.conv.Conv2d", "toString"]) {
    const [, module, member] = name.match(/^(?:(.*)\.)?(.*)$/)!;
    const made = [`c${module ?? ""}\n${member}\n`, ")", 0x81];
    const state = ["}", text("_parameters"), "}", text("w"), tensor(2, 0, [2], [1]), "ss"];
    await Deno.writeFile(file, checkpoint(pickle("}", text("net"), ...made, ...state, "bs")));
    const { tensors, classes } = await readTorchCheckpoint(file);
    deepEqual([[...tensors.keys()], [...classes]], [["net.w"], [["net", `${module ?? ""}.${member}`]]]);
  }
  await Deno.remove(file);
});

const BAD_PICKLES: [string, Uint8Array, RegExp][] = [
  ["an operation that is not read", pickle("i"), /operation 0x69/],
  ["an instance of a value", pickle("N)", 0x81), /a call of what is no constructor/],
  ["a protocol of the future", Uint8Array.of(0x80, 6, 0x4e, 0x2e), /a protocol above 5/],
  ["an empty stack", pickle("0"), /its stack is empty/],
  ["no mark", pickle("Nt"), /it lacks a mark/],
  ["a memory of nothing", pickle("h", 3), /nothing is kept as 3/],
  ["keys without values", pickle("}(Nu"), /a key lacks its value/],
  ["keys of no dictionary", pickle("]NNs"), /keys and values without a dictionary/],
  ["values of no list", pickle("}Na"), /values without a list/],
  ["a call of a value", pickle("ctorch\nFloatStorage\n)R"), /a call of what is no constructor/],
  ["a call without arguments", pickle("ctorch\nload\nNR"), /a call without arguments/],
  [
    "a name that is no text",
    pickle("K", 1, text("x"), 0x93),
    /: no checkpoint of torch.save as PyTorch writes it: .*the module or name of a class is no text at byte/,
  ],
  ["a long name", pickle(`c${"a".repeat(300)}\nb\n`), /a name of 302 characters/],
  [
    "a number of a megabyte",
    pickle(0x8b, "\x00\x00\x10\x00", "1".repeat(2 ** 20)),
    /a number of 1048576 bytes/,
  ],
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
  ["dictionaries in depth", pickle(...nest(100)), /deeper than 64/],
  ["objects in depth", pickle(...nestObjects(100)), /deeper than 64/],
];

/** Operations that put dictionaries on the stack into one another. */
function nest(depth: number): string[] {
  return Array.from({ length: depth }, () => `}${text("a")}`).concat("N", "s".repeat(depth));
}

/** Operations that make each object the state of another. */
function nestObjects(depth: number): (string | number)[] {
  return [...Array.from({ length: depth }, () => ["ca\nb\n)", 0x81]).flat(), "b".repeat(depth - 1)];
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
  ["one stride for two axes", tensor(2, 0, [1, 2], [1]), /a tensor of 2 sizes and 1 strides/],
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

// Each of these would take hours or gigabytes if what is named once were copied as often as it is used.
const EXPLOSIONS: [string, () => (string | number)[]][] = [
  ["names made of pairs of pairs", () => {
    const pairs = Array.from({ length: 60 }, (_, i) => ["q", i + 1, "0h", i + 1, "h", i + 1, 0x86]).flat();
    return [text("a"), text("b"), 0x86, ...pairs, text("m"), 0x93];
  }],
  ["keys made of pairs of pairs", () => {
    const pairs = Array.from({ length: 60 }, (_, i) => ["q", i + 1, "0h", i + 1, "h", i + 1, 0x86]).flat();
    return ["}", text("a"), text("b"), 0x86, ...pairs, tensor(2, 0, [2], [1]), "s"];
  }],
  ["a million arguments", () => ["ctorch._utils\n_rebuild_parameter\n(", "K\x01".repeat(1e6), "tR"]],
  ["one shape of a million sizes for many tensors", () => {
    const storage = `(${text("storage")}ctorch\nFloatStorage\n${text("0")}${text("cpu")}K\x02tQq\x01`;
    const shape = ["(", "K\x01".repeat(1e6), "tq", 2];
    const tensors = "ctorch._utils\n_rebuild_tensor_v2\n(h\x01K\x00h\x02h\x02\x89}tR".repeat(2000);
    return [storage, ...shape, "(", tensors];
  }],
  ["a list of pairs for many dictionaries", () => {
    const pairs = Array.from({ length: 65536 }, (_, i) => `M${String.fromCharCode(i & 255, i >> 8)}N\x86`);
    return ["](", ...pairs, "eq", 1, "(", "ccollections\nOrderedDict\n(h\x01tR".repeat(60000), "l"];
  }],
  ["millions of dictionaries", () => ["(", "}".repeat(5e6)]],
  ["one state of many attributes for many objects", () => {
    const state = Array.from({ length: 65536 }, (_, i) => `M${String.fromCharCode(i & 255, i >> 8)}]`);
    return ["}(", ...state, "uq", 1, "0](", `ca\nb\n)\x81h\x01b`.repeat(50000), "e"];
  }],
  ["one long list of texts for many attributes", () => {
    const texts = ["](", text("a").repeat(1e5), "eq", 1, "0"];
    return [...texts, "](", "h\x01".repeat(1e5), "e"];
  }],
];
for (const [name, operations] of EXPLOSIONS) {
  Deno.test(`${name}: refused or passed over at once`, async () => {
    const file = await Deno.makeTempFile();
    await Deno.writeFile(file, checkpoint(pickle(...operations())));
    await tensorsOf(file).catch((error) => ok(error instanceof InputError, String(error.stack)));
    await Deno.remove(file);
  });
}

Deno.test("a dictionary within itself ends", async () => {
  const file = await Deno.makeTempFile();
  await Deno.writeFile(file, checkpoint(pickle("}q", 0, text("a"), "h", 0, "s")));
  deepEqual(await tensorsOf(file), new Map());
  await Deno.remove(file);
});

Deno.test("what else is in an archive, such as TorchScript's compressed program, is passed over", async () => {
  const file = await Deno.makeTempFile();
  const { buffer } = Float32Array.of(1, 2);
  const parts: Zippable = {
    "a/data.pkl": pickle("}", text("w"), tensor(2, 0, [2], [1]), "s"),
    "a/data/0": new Uint8Array(buffer),
    "a/code/b.py": [new Uint8Array(500), { level: 9 }],
  };
  await Deno.writeFile(file, zipSync(parts, { level: 0 }));
  deepEqual(
    await tensorsOf(file),
    new Map([["w", { dtype: "F32", shape: [2], data: Float32Array.of(1, 2) }]]),
  );
  await Deno.remove(file);
});

Deno.test("an archive that says it has thousands of millions of parts is refused at once", async () => {
  const whole = await Deno.readFile("tests/fixtures/model/torch/double.pth");
  // The count in its 64-bit end of the directory (APPNOTE 4.3.14).
  const end = whole.findLastIndex((_, i) => [0x50, 0x4b, 6, 6].every((byte, k) => whole[i + k] === byte));
  const counted = whole.slice();
  counted.fill(255, end + 32, end + 36);
  await rejectsBytes(counted, /: damaged: it says that it has more parts than fit into it$/);
});

Deno.test("archives that are not of PyTorch are refused", async () => {
  const none = pickle("N");
  const other = { "a/b": none, "a/c": none, "a/d": none, "a/e": new Uint8Array(500) };
  await rejectsBytes(
    zipSync(other),
    /: not a checkpoint of PyTorch, but a zip of something else \("a\/b", "a\/c", "a\/d", \.\.\.\)$/,
  );
  await rejectsBytes(zipSync({ "a/data.pkl": new Uint8Array(500) }), /"a\/data\.pkl" is compressed/);
  const big = { "a/data.pkl": none, "a/byteorder": new TextEncoder().encode("big") };
  await rejectsBytes(zipSync(big, { level: 0 }), /is not little-endian/);
  await rejectsBytes(pickle("N"), /not a checkpoint of PyTorch, but a pickle of something else$/);
  await rejectsBytes(
    new TextEncoder().encode("<html>404</html>"),
    /: not a checkpoint of PyTorch, but a web page \(HTML\): it begins "<html>404<\/html>"$/,
  );
});
