import assert from "node:assert/strict";
import { join } from "node:path";
import { NIH_FINDINGS } from "../../lib/dataset/nih_findings.ts";
import { createModel } from "../../lib/model/model.ts";
import { readSafetensors } from "../../lib/weight_files/safetensors.ts";
import { checkpointFile } from "../../lib/training/checkpoint.ts";
import { networkOf } from "../../lib/training/network_of.ts";
import { writeRunConfig } from "../../lib/training/run_config.ts";
import { runFolder, writeRunFiles } from "../../lib/training/run_folder.ts";
import { writeSelection } from "../../lib/training/select_epoch.ts";
import { checkSettings } from "../../lib/training/settings.ts";
import { testProject } from "./_project.ts";

/** A run folder that holds no more than the weights of its first epoch. */
async function makeRun(dir: string, given: Record<string, unknown>): Promise<void> {
  const settings = checkSettings(given, "test");
  const run = runFolder(dir);
  const model = createModel(networkOf(settings, NIH_FINDINGS), settings);
  await writeRunConfig(run, { settings, findings: NIH_FINDINGS });
  await writeRunFiles(run, {
    [run.checkpoint(1)]: checkpointFile(model, { epoch: 1, findings: NIH_FINDINGS }),
  });
  await writeSelection(run, { epoch: 1, choiceMetric: 0.5, rule: "test" });
  model.dispose();
}

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
  assert.equal((await exportRun("--run", run, "--out", out, "--torch")).code, 0);
  const torch = await readSafetensors(out);
  assert.deepEqual(torch.tensors.get("classifier.weight")?.shape, [NIH_FINDINGS.length, 1280]);

  const other = join(dir, "other");
  await makeRun(other, { network: "resnet11v2", imageSize: 32 });
  const named = join(dir, "named.safetensors");
  const { code, stdout } = await exportRun("--run", other, "--out", named, "--torch");
  assert.equal(code, 0);
  assert.match(stdout, /\nPyTorch has no network like resnet11v2: the modules are named after our layers\n$/);
  assert.deepEqual((await readSafetensors(named)).tensors.get("dense.weight")?.shape, [
    NIH_FINDINGS.length,
    256,
  ]);
  for (const name of ["weights.onnx", "weights"]) {
    const refused = await exportRun("--run", run, "--out", join(dir, name));
    assert.equal(refused.code, 1);
    assert.match(
      refused.stderr,
      /^error: .*Expected a name that ends in \.safetensors, as that is what is written\.\n$/,
    );
  }
  assert.deepEqual([...Deno.readDirSync(dir)].map(({ name }) => name).sort(), [
    "named.safetensors",
    "other",
    "run",
    "weights.safetensors",
  ]);
});
