import assert from "node:assert/strict";
import { NIH_FINDINGS } from "../../lib/dataset/nih_findings.ts";
import { readRunConfig, writeRunConfig } from "../../lib/training/run_config.ts";
import { runFolder } from "../../lib/training/run_folder.ts";
import { checkSettings } from "../../lib/training/settings.ts";
import { temporaryFolder } from "../_folders.ts";

Deno.test("a run's settings and findings are read as they were written", async () => {
  await using folder = await temporaryFolder();
  const run = runFolder(folder.path);
  const settings = checkSettings({ seed: 7, learningRate: 1e-3 / 3, augmentation: { flip: true } }, "test");
  const findings = ["Tuberculosis", "Säure"];
  await writeRunConfig(run, { settings, findings });
  assert.deepEqual(await readRunConfig(run), { version: 2, settings, findings, phantom: true });
});

Deno.test("a run of before some settings were there keeps what it had", async () => {
  await using folder = await temporaryFolder();
  const run = runFolder(folder.path);
  await writeRunConfig(run, { settings: checkSettings({ keepNormal: 0.2 }, "test"), findings: ["Mass"] });
  const had = async () => {
    const { settings: { undersample, batchNormMomentum } } = await readRunConfig(run);
    return [undersample, batchNormMomentum];
  };
  assert.deepEqual(await had(), ["training", 0.9]);
  const { settings: { undersample: _, batchNormMomentum: __, ...settings }, ...config } = JSON.parse(
    await Deno.readTextFile(run.config),
  );
  await Deno.writeTextFile(run.config, JSON.stringify({ ...config, settings }));
  assert.deepEqual(await had(), ["all", 0.99]);
});

Deno.test("a run that does not say its findings has the NIH's 14", async () => {
  await using folder = await temporaryFolder();
  const run = runFolder(folder.path);
  const settings = checkSettings({}, "test");
  await Deno.writeTextFile(run.config, JSON.stringify({ version: 1, labels: NIH_FINDINGS, settings }));
  assert.deepEqual((await readRunConfig(run)).findings, NIH_FINDINGS);
});

Deno.test("readRunConfig() says what is wrong with a run folder", async () => {
  await using folder = await temporaryFolder();
  const run = runFolder(folder.path);
  await assert.rejects(readRunConfig(run), {
    name: "InputError",
    message: /: no run \(config.json is missing\)$/,
  });
  await writeRunConfig(run, { settings: checkSettings({}, "test"), findings: ["Hernia", "Mass"] });
  const whole = await Deno.readTextFile(run.config);
  const cases: [RegExp | string, string, RegExp][] = [
    ["}", "", /config.json, line \d+: not JSON: close brace expected at the end$/],
    ['"version": 2', '"version": 9', /config.json: version 9 of run folders, and this is version 2/],
    ['"Hernia"', '"Mass"', /config.json: findings \["Mass","Mass"\] are not 1 to 100 different names$/],
    ['"epochs"', '"eposch"', /config.json: unknown setting "eposch" \(did you mean "epochs"\?\)/],
    ['"seed": 0', '"seed": -1', /config.json: seed -1: /],
    [/^[^]*$/, "null", /config.json: version undefined/],
    ['"settings"', '"setting"', /config.json: has no settings/],
    [/"settings": {[^]*$/, '"settings": null }', /config.json: has no settings/],
    ['"seed": 0', '"seed": 0, "seed": 1', /config.json, line \d+: "seed" is there twice/],
    ['"Hernia"', "[".repeat(200_000), /config.json, line 4: more than 64 objects and lists in each other/],
  ];
  for (const [from, to, message] of cases) {
    await Deno.writeTextFile(run.config, whole.replace(from, to));
    await assert.rejects(readRunConfig(run), { name: "InputError", message });
  }
});
