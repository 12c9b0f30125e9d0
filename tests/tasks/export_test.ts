import assert from "node:assert/strict";
import { join } from "node:path";
import { NIH_FINDINGS } from "../../lib/dataset/nih_findings.ts";
import { readSafetensors } from "../../lib/weight_files/safetensors.ts";
import { makeRun } from "../export/_untrained_run.ts";
import { testProject } from "./_project.ts";

Deno.test("deno task export writes a run's weights under our names and PyTorch's", async () => {
  await using project = await testProject();
  const dir = join(project.path, "runs");
  const exportRun = (...args: string[]) => project.run("export", args);
  const [run, out] = [join(dir, "run"), join(dir, "weights.safetensors")];
  await makeRun(run, { network: "efficientnet-lite0", imageSize: 32 });
  assert.equal((await exportRun("--run", run, "--out", out)).code, 0);
  const ours = await readSafetensors(out);
  assert.equal(ours.metadata.network, "efficientnet-lite0");
  assert.deepEqual(ours.tensors.get("classifier/kernel")?.shape, [1280, NIH_FINDINGS.length]);
  assert.equal((await exportRun("--run", run, "--out", out, "--format", "torch")).code, 0);
  const torch = await readSafetensors(out);
  assert.deepEqual(torch.tensors.get("classifier.weight")?.shape, [NIH_FINDINGS.length, 1280]);

  const other = join(dir, "other");
  await makeRun(other, { network: "resnet11v2", imageSize: 32 });
  const named = join(dir, "named.safetensors");
  assert.equal((await exportRun("--run", other, "--out", named, "--format", "torch")).code, 0);
  assert.deepEqual((await readSafetensors(named)).tensors.get("dense.weight")?.shape, [
    NIH_FINDINGS.length,
    256,
  ]);
  const small = join(dir, "small.weights.h5");
  assert.equal((await exportRun("--run", other, "--out", small)).code, 0);
  const graphs = join(dir, "graphs");
  const { code, stdout } = await exportRun("--run", other, "--out", graphs, "--format", "tfjs");
  assert.equal(code, 0);
  assert.match(stdout, /: .*graphs\/model\.json, .*graphs\/group1-shard1of1\.bin\n$/);
  for (
    const [name, flags, message] of [
      ["graphs.onnx", ["--format", "tfjs"], "tfjs is a folder"],
      [
        "weights",
        [],
        "its ending names no format: end it in .safetensors, .onnx, .weights.h5, or name a format with --format",
      ],
      ["weights.onnx", ["--format", "torch"], "torch is a file that ends in .safetensors"],
    ] as const
  ) {
    const file = join(dir, name);
    const refused = await exportRun("--run", run, "--out", file, ...flags);
    assert.equal(refused.code, 1);
    assert.equal(refused.stderr, `error: ${file}: ${message}\n`);
  }
  assert.deepEqual([...Deno.readDirSync(dir)].map(({ name }) => name).sort(), [
    "graphs",
    "named.py",
    "named.safetensors",
    "other",
    "run",
    "small.json",
    "small.py",
    "small.weights.h5",
    "weights.safetensors",
  ]);
});
