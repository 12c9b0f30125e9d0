import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { chartSvg } from "../bench/chart.ts";
import { alternate } from "../bench/measure.ts";
import { MEASURES } from "../bench/measures.ts";
import { peerLibrary } from "../bench/folder.ts";
import { compare, growthExponent, median, type Result } from "../bench/result.ts";
import { describeInstructions, hasAvx512 } from "../bench/instructions.ts";
import { tableMarkdown, tableOf } from "../bench/results_table.ts";
import { startSide } from "../bench/side.ts";

const PROJECT = resolve(import.meta.dirname!, "../..");
const library = peerLibrary(PROJECT);
const hasPeers = library !== null && existsSync(library);
if (!hasPeers) console.log("Without .bench (deno task bench makes it) the benchmark itself is not tested");

async function bench(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const permissions = ["--allow-read", "--allow-write", "--allow-run", "--allow-sys", "--allow-env"];
  const command = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", ...permissions, "tests/bench/bench.ts", ...args],
    cwd: PROJECT,
    env: { NO_COLOR: "1" },
  });
  const { code, stdout, stderr } = await command.output();
  return { code, stdout: new TextDecoder().decode(stdout), stderr: new TextDecoder().decode(stderr) };
}

Deno.test("a ratio above 1 means that we are ahead, whatever the unit", () => {
  assert.deepEqual(compare("training", { unit: "images/s", ours: 50, peer: "Keras", peerValue: 25 }), {
    measure: "training",
    unit: "images/s",
    ours: 50,
    peer: "Keras",
    peerValue: 25,
    ratio: 2,
    instructions: "all",
  });
  assert.equal(compare("", { unit: "%", ours: 50, peer: "", peerValue: 25 }).ratio, 2);
  for (const unit of ["s", "MB"] as const) {
    assert.equal(compare("", { unit, ours: 50, peer: "", peerValue: 25 }).ratio, 0.5);
  }
});

Deno.test("the exponent of growth is that of a power law", () => {
  const sizes = [10, 100, 1000];
  const exponent = growthExponent(sizes, sizes.map((size) => 3 * size ** 1.5));
  assert.ok(Math.abs(exponent - 1.5) < 1e-12);
});

Deno.test("numbers keep four digits, the ratio comes from all of them", () => {
  const { ours, peerValue, ratio } = compare("", {
    unit: "images/s",
    ours: 1.00049,
    peer: "",
    peerValue: 0.500151,
  });
  assert.deepEqual({ ours, peerValue, ratio }, { ours: 1, peerValue: 0.5002, ratio: 2 });
});

Deno.test("what was measured with AVX-512 switched off stands in columns beside", () => {
  const values = { unit: "images/s", peer: "Keras 3" } as const;
  const all = compare("training", { ...values, ours: 50, peerValue: 25 });
  const limited = compare("training", { ...values, ours: 20, peerValue: 16, instructions: "AVX2" });
  const alone = compare("training", { unit: "images/s", peer: "Torch", ours: 50, peerValue: 40 });
  const plain = ["", "Thorax", "peer's", "unit", "ratio", "peer"];
  assert.deepEqual(tableOf([all, alone]), {
    columns: plain,
    rows: [["training", "50.0", "25.0", "images/s", "2.00x", "Keras 3"], [
      "training",
      "50.0",
      "40.0",
      "images/s",
      "1.25x",
      "Torch",
    ]],
  });
  const { columns, rows } = tableOf([all, alone, limited]);
  assert.equal(columns.length, plain.length + 3);
  assert.deepEqual(rows, [
    ["training", "50.0", "25.0", "images/s", "2.00x", "20.0", "16.0", "1.25x", "Keras 3"],
    ["training", "50.0", "40.0", "images/s", "1.25x", "", "", "", "Torch"],
  ]);
  assert.equal(
    tableMarkdown({ columns: ["", "a"], rows: [["b", 1]] }),
    "|  | a |\n| --- | --- |\n| b | 1 |\n",
  );
});

Deno.test("a processor's instruction sets are named as its makers do", () => {
  assert.equal(describeInstructions(new Set(["sse2", "avx", "avx2", "fma"])), "AVX2");
  const zen4 = new Set(["avx2", "avx512f", "avx512_vnni", "avx512_bf16"]);
  assert.equal(describeInstructions(zen4), "AVX2, AVX-512, VNNI, bfloat16");
  assert.equal(describeInstructions(new Set(["avx"])), "no vector instructions beyond AVX");
  assert.equal(describeInstructions(null), "unknown vector instructions");
  assert.deepEqual([zen4, new Set(["avx2"]), null].map(hasAvx512), [true, false, false]);
});

Deno.test("the median is the middle value, or the mean of two", () => {
  assert.equal(median([9, 1, 2]), 2);
  assert.equal(median([9, 1, 2, 4]), 3);
  assert.throws(() => median([]), RangeError);
});

Deno.test("sides take turns, and their medians stay in their order", async () => {
  const order: string[] = [];
  const turn = (name: string, values: number[]) => () => {
    order.push(name);
    return Promise.resolve(values.shift()!);
  };
  assert.deepEqual(await alternate(3, [turn("a", [1, 9, 2]), turn("b", [5, 5, 7])]), [2, 5]);
  assert.equal(order.join(""), "ababab");
});

Deno.test("a side answers line by line; one that fails says why", async () => {
  const program = `
    import { answerCommands } from "./tests/bench/sides/_commands.ts";
    await answerCommands({ add: ({ a, b }) => a + b, nothing() {}, fail() { throw new Error("no images"); } });`;
  await using side = startSide({
    program: Deno.execPath(),
    args: ["eval", "--ext=js", program],
    env: { NO_COLOR: "1" },
  });
  assert.equal(await side.ask({ do: "add", a: 1, b: 2 }), 3);
  assert.equal(await side.ask({ do: "nothing" }), null);
  await assert.rejects(side.ask({ do: "fail" }), /status 1 at "fail":[^]*no images/);
});

Deno.test("--help names each measure", async () => {
  const { code, stdout } = await bench("--help");
  assert.equal(code, 0);
  for (const { name } of MEASURES) assert(stdout.includes(`  ${name} `), name);
});

Deno.test("a wrong measure or chart is one line, before anything is installed", async () => {
  const wrong = async (...args: string[]) => (await bench(...args)).stderr.trim();
  assert.equal(
    await wrong("--only", "metadata,speed"),
    "error: option '--only <measures>' argument 'metadata,speed' is invalid. There is no measure speed.",
  );
  const mine = await Deno.makeTempFile({ suffix: ".json" });
  assert.match(
    await wrong("--json", mine),
    /^error: .*\.json: is there already, and not as this task wrote it/,
  );
  assert.equal(await Deno.readTextFile(mine), "");
  await Deno.remove(mine);
  assert.match(await wrong("--chart", "a.png"), /^error: --chart .*a\.png: has to end in \.html or \.svg$/);
});

Deno.test("the chart names what was measured, the peer and the ratio", async () => {
  const svg = await chartSvg([
    compare("training 64x64", { unit: "images/s", ours: 50, peer: "Keras 3", peerValue: 25 }),
    compare("first step", { unit: "s", ours: 2, peer: "Keras 3", peerValue: 1 }),
  ]);
  for (const text of ["training 64x64", "Keras 3", "2.00x", "0.500x"]) assert(svg.includes(text), text);
});

Deno.test({ name: "--json writes what --only asks for", ignore: !hasPeers }, async () => {
  const folder = await Deno.makeTempDir();
  const file = join(folder, "bench.json");
  try {
    const { code, stdout, stderr } = await bench("--only", "metadata", "--quick", "--json", file);
    assert.equal(code, 0, stderr);
    const results: Record<string, unknown>[] = JSON.parse(await Deno.readTextFile(file));
    assert.deepEqual(results.map(({ measure, unit }) => ({ measure, unit })), [
      { measure: "reading and splitting 112,120 rows", unit: "s" },
      { measure: "reading and splitting 112,120 rows", unit: "s" },
    ]);
    for (const result of results) {
      assert.deepEqual(Object.keys(result), [
        "measure",
        "unit",
        "ours",
        "peer",
        "peerValue",
        "ratio",
        "instructions",
      ]);
      const { ours, peer, peerValue, ratio } = result as unknown as Result;
      assert.match(peer, /^pandas \d/);
      assert(Math.abs(ratio - peerValue / ours) < 2e-3 * ratio);
      assert(stdout.includes(peer));
    }
    assert.match(stdout, /cores \(.*\); .*TensorFlow \d.*Deno \d/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
