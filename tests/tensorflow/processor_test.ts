import assert from "node:assert/strict";
import { instructionSets, instructionSetsIn } from "../../lib/tensorflow/instruction_sets.ts";
import { gainsByOnednn } from "../../lib/tensorflow/library.ts";
import { emulatesBfloat16, lacksAvx512 } from "../../lib/tensorflow/processor.ts";
import { runScript } from "./_script.ts";

const isX86 = Deno.build.arch === "x86_64";

/** Cut short from processors of 2011, 2014, 2017, 2019 and 2022. */
const SANDY_BRIDGE = new Set(["sse4_2", "avx"]);
const HASWELL = new Set([...SANDY_BRIDGE, "avx2", "fma"]);
const SKYLAKE_SERVER = new Set([...HASWELL, "avx512f", "avx512bw", "avx512vl"]);
const CASCADE_LAKE = new Set([...SKYLAKE_SERVER, "avx512_vnni"]);
const ZEN_4 = new Set([...CASCADE_LAKE, "avx512_bf16"]);

Deno.test("instructionSetsIn() reads what the kernel tells of the first core", () => {
  const intel = "processor\t: 0\nmodel name\t: Intel\nflags\t\t: fpu avx2 avx512_bf16\nbugs\t\t: mds\n\n" +
    "processor\t: 1\nflags\t\t: fpu\n";
  assert.deepEqual(instructionSetsIn(intel), new Set(["fpu", "avx2", "avx512_bf16"]));
  const arm = "processor\t: 0\nBogoMIPS\t: 50.00\nFeatures\t: fp asimd bf16\nCPU part\t: 0xd0c\n";
  assert.deepEqual(instructionSetsIn(arm), new Set(["fp", "asimd", "bf16"]));
  assert.equal(instructionSetsIn("processor\t: 0\n"), null);
});

Deno.test("oneDNN works without AVX-512 where the processor lacks it, or the user holds it to less", () => {
  const cases = [
    [null, undefined, false],
    [SANDY_BRIDGE, undefined, false],
    [HASWELL, undefined, true],
    [SKYLAKE_SERVER, undefined, false],
    [ZEN_4, "AVX2", true],
    [ZEN_4, "avx2_vnni", true],
    [ZEN_4, "AVX512_CORE", false],
    [ZEN_4, "", false],
  ] as const;
  for (const [sets, held, lacks] of cases) assert.equal(lacksAvx512(sets, held), lacks, `${held}`);
});

Deno.test({ name: "instructionSets() are the kernel's", ignore: Deno.build.os !== "linux" }, async () => {
  // Deno reads this file for nobody without all rights.
  const { stdout } = await new Deno.Command("cat", { args: ["/proc/cpuinfo"] }).output();
  assert.deepEqual(instructionSets(), instructionSetsIn(new TextDecoder().decode(stdout)));
});

Deno.test("oneDNN's operations are for processors with AVX2, and for those that nothing is known of", () => {
  assert.equal(gainsByOnednn(SANDY_BRIDGE), false);
  for (const sets of [HASWELL, SKYLAKE_SERVER, CASCADE_LAKE, null]) assert.equal(gainsByOnednn(sets), true);
});

Deno.test({ name: "bfloat16 is emulated where no instructions for it are known", ignore: !isX86 }, () => {
  for (const sets of [HASWELL, SKYLAKE_SERVER, CASCADE_LAKE]) assert.equal(emulatesBfloat16(sets), true);
  for (const sets of [ZEN_4, new Set([...CASCADE_LAKE, "amx_bf16"]), null]) {
    assert.equal(emulatesBfloat16(sets), false);
  }
});

Deno.test({ name: "oneDNN computes convolutions, unless the user said no", ignore: !isX86 }, async () => {
  const code = `
    const { tf } = await import(lib + "mod.ts");
    tf.conv2d(tf.ones([1, 8, 8, 8]), tf.ones([3, 3, 8, 8]), 1, "same").dataSync();
    console.log("TF_ENABLE_ONEDNN_OPTS", Deno.env.get("TF_ENABLE_ONEDNN_OPTS"));`;
  const env = { ONEDNN_VERBOSE: "1", ONEDNN_MAX_CPU_ISA: "AVX2" };
  const byItself = await runScript(code, { env });
  assert.match(byItself.output, /exec,cpu,convolution,[^]*TF_ENABLE_ONEDNN_OPTS 1\n/);
  assert.match(byItself.output, /isa:Intel AVX2\n/);
  const off = await runScript(code, { env: { ...env, TF_ENABLE_ONEDNN_OPTS: "0" } });
  assert.match(off.output, /TF_ENABLE_ONEDNN_OPTS 0\n/);
  assert.doesNotMatch(off.output, /exec,cpu,convolution,/);
});
