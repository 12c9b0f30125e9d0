import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { cacheBytes, cacheLine } from "../../lib/dataset/cache_line.ts";
import { evaluate, metricsJson } from "../../lib/evaluation/metrics.ts";
import { historyCsv } from "../../lib/training/history.ts";
import { checkCheckpoints, checkRunToRead } from "../../lib/training/check_run.ts";
import { readRunConfig, writeRunConfig } from "../../lib/training/run_config.ts";
import { claimRun, type RunFolder, runFolder, writeRunFiles } from "../../lib/training/run_folder.ts";
import { writeSelection } from "../../lib/training/select_epoch.ts";
import { checkSettings } from "../../lib/training/settings.ts";
import { safetensorsFile } from "../../lib/weight_files/safetensors.ts";
import { testProject } from "./_project.ts";

const FINDINGS = ["Mass", "Nodule"];

/** Writes a run of four epochs whose second was chosen. The scores of its first finding are right, the others are not. */
async function writeRun(
  dir: string,
  given: Record<string, unknown>,
  { ended = true } = {},
): Promise<RunFolder> {
  const run = runFolder(dir);
  const settings = checkSettings({ epochs: 4, data: "/images/chest", ...given }, "test");
  await writeRunConfig(run, { settings, findings: FINDINGS });
  const rows = [1, 2, 3, 4].map((epoch) => ({
    ...{ epoch, steps: epoch, learningRate: 1e-3, trainingLoss: 1, validationLoss: 1 },
    ...{ meanAuc: null, selectionMetric: null, auc: [null, null] },
  }));
  await writeRunFiles(run, {
    [run.history]: historyCsv(rows, FINDINGS),
    ...Object.fromEntries(
      rows.map(({ epoch }) => [run.checkpoint(epoch), weightsOf(epoch, settings.network)]),
    ),
    [run.optimizer(4)]: "state",
  });
  if (!ended) return run;
  await writeSelection(run, { epoch: 2, selectionMetric: null, rule: "test" });
  const truth = Uint8Array.from({ length: 80 }, (_, i) => Number(i % 4 < 2));
  const metrics = evaluate({
    labels: FINDINGS,
    images: Array.from({ length: 40 }, (_, i) => `${i}.png`),
    patients: Array.from({ length: 40 }, (_, i) => String(i)),
    truth,
    scores: Float64Array.from(truth, (value, i) => i % 2 === 0 ? value : 1 - value),
  });
  await writeRunFiles(run, { [run.metrics]: metricsJson(metrics) });
  return run;
}

function weightsOf(epoch: number, network: string): Uint8Array {
  const bias = { dtype: "F32", shape: [2], data: new Float32Array(2) } as const;
  return safetensorsFile(new Map([["bias", bias]]), { metadata: { network, epoch: String(epoch) } });
}

Deno.test("deno task runs lists runs, sets two side by side, and cleans what it is told to and no more", async (t) => {
  await using project = await testProject();
  const runs = (...args: string[]) => project.run("runs", args);
  const folder = join(project.path, "data", "runs");
  const none = await runs();
  assert.equal(none.code, 0, none.stderr);
  assert.match(none.stdout, /^No runs in /);
  const first = await writeRun(join(folder, "first"), {});
  const second = await writeRun(join(folder, "second"), { learningRate: 0.01, augmentation: { shift: 0.1 } });
  const begun = await writeRun(join(folder, "begun"), { network: "resnet11v2" }, { ended: false });
  await Deno.mkdir(join(folder, "broken"));
  await Deno.writeTextFile(join(folder, "broken", "config.json"), "{");
  await Deno.mkdir(join(folder, "letters"));

  await t.step("the list", async () => {
    const { code, stdout, stderr } = await runs();
    assert.equal(code, 0, stderr);
    assert.match(
      stdout,
      /^first +chest +resnet20v2 64px +0\.500 +0\.464 to 0\.536 +\d{4}-\d\d-\d\d \d\d:\d\d +\d+\.\d MB$/m,
    );
    assert.match(stdout, /^begun +chest +resnet11v2 64px +epoch 4 of 4 /m);
    assert.equal(stdout.trimEnd().split("\n").length, 4);
    assert.match(stderr, /^warning: .*broken.config\.json, line 1: .*\n$/);
    const elsewhere = await runs("--dir", folder);
    assert.equal(elsewhere.stdout, stdout);
    const metrics = await Deno.readTextFile(second.metrics);
    await Deno.writeTextFile(second.metrics, metrics.replace('"mean": 0.5', '"mean": 0.9'));
    const changed = await runs();
    assert.match(
      changed.stderr,
      /^warning: .*second\/test\/metrics\.json: is not as it was written \(by its SHA-256\)/m,
    );
    assert.doesNotMatch(changed.stdout, /^second/m);
    await Deno.writeTextFile(second.metrics, metrics);
  });

  await t.step("the list as JSON, of all runs or of those that are named", async () => {
    const { code, stdout, stderr } = await runs("--json");
    assert.equal(code, 0, stderr);
    const listed = JSON.parse(stdout);
    assert.deepEqual(listed.map(({ name }: { name: string }) => name).sort(), ["begun", "first", "second"]);
    const [named, ...others] = JSON.parse((await runs("first", "--json")).stdout);
    assert.deepEqual(others, []);
    assert.deepEqual([named.folder, named.settings.data, named.imported], [first.dir, "/images/chest", null]);
    assert.deepEqual([named.test.mean, named.test.labels.Mass.auc], [0.5, 1]);
    assert.equal(listed.find(({ name }: { name: string }) => name === "begun").test, null);
    assert.match(
      (await runs("--json", "--clean", "caches")).stderr,
      /^error: --json: does not go with --clean$/m,
    );
  });

  await t.step("two side by side", async () => {
    const { code, stdout, stderr } = await runs("first", join(folder, "second"));
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^setting +first +second$/m);
    assert.match(stdout, /^learningRate +0\.001 +0\.01$/m);
    assert.match(stdout, /^augmentation\.shift +0 +0\.1$/m);
    assert.match(stdout, /^Mass +1\.000 +0\.901 to 1\.000 +1\.000 +0\.901 to 1\.000$/m);
    assert.match(stdout, /^Nodule +0\.000 /m);
    assert.match(stdout, /^mean +0\.500 /m);
    assert.equal(stdout.match(/^\w[\w.]* +\S+ +\S+$/gm)?.length, 3);
    const one = await runs("first");
    assert.equal(one.stderr, "error: Two runs can be set side by side, and 1 are named\n");
    assert.equal((await runs("first", "third")).code, 1);
  });

  await t.step("checkpoints", async () => {
    const foreign = first.checkpoint(3);
    await Deno.writeFile(foreign, weightsOf(3, "resnet20v2").map((byte, i) => i === 90 ? byte ^ 1 : byte));
    const said = await runs("--clean", "checkpoints");
    assert.match(said.stdout, /^first: epoch-01\.safetensors: /m);
    assert.match(said.stdout, /^second: epoch-01\.safetensors, epoch-03\.safetensors: /m);
    assert.match(said.stdout, /^begun: has not ended: its checkpoints stay$/m);
    assert.match(said.stdout, /^3 checkpoints, .*: nothing was removed; --yes removes them\.$/m);
    assert(existsSync(first.checkpoint(1)));
    {
      using _claim = await claimRun(second);
      const busy = await runs("--clean", "checkpoints", "second", "--yes");
      assert.equal(busy.code, 1);
      assert.match(busy.stderr, /another process is at work on this run/);
    }
    const outside = await runs("--clean", "checkpoints", first.dir, "--yes");
    assert.match(outside.stderr, /there is no such run in .*--dir/);
    const { code, stdout, stderr } = await runs("--clean", "checkpoints", "--yes");
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^Removed 3 checkpoints, /m);
    const left = (run: RunFolder) => [...Deno.readDirSync(run.checkpoints)].map(({ name }) => name).sort();
    const kept = ["epoch-02.safetensors", "epoch-04.safetensors", "optimizer-04.safetensors"];
    assert.deepEqual(left(second), kept);
    assert.deepEqual(left(first), [kept[0], "epoch-03.safetensors", ...kept.slice(1)]);
    assert.equal(left(begun).length, 5);
    const config = await readRunConfig(second);
    assert.deepEqual(await checkRunToRead(second, config), [], "what was removed is not missed");
    await checkCheckpoints(second, config);
  });

  await t.step("caches", async () => {
    const caches = join(project.path, "data", "cache");
    await Deno.mkdir(caches);
    const key = "0123456789abcdef";
    const line = new TextEncoder().encode(cacheLine({ size: 2, images: 3, key }));
    const whole = new Uint8Array(cacheBytes({ size: 2, images: 3 }));
    whole.set(line);
    const write = (name: string, bytes: Uint8Array) => Deno.writeFile(join(caches, name), bytes);
    await write(`2-${key}.images`, whole);
    await write(`2-${key}.images.partial`, whole.subarray(0, 70));
    await write("2-0123456789abcdee.images", whole);
    await write("letter.images", whole);
    const said = await runs("--clean", "caches");
    assert.equal(said.stderr, "");
    assert.match(said.stdout, /^2 caches, 0\.0 MB: nothing was removed; --yes removes them\.$/m);
    assert.equal([...Deno.readDirSync(caches)].length, 4);
    const { code, stdout, stderr } = await runs("--clean", "caches", "--yes");
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^Removed 2 caches/m);
    assert.deepEqual([...Deno.readDirSync(caches)].map(({ name }) => name).sort(), [
      "2-0123456789abcdee.images",
      "letter.images",
    ]);
    assert.equal((await runs("--yes")).code, 1);
  });
});
