import assert from "node:assert/strict";
import { readRunSettings, writeRunConfig } from "../../lib/training/run_config.ts";
import { runFolder } from "../../lib/training/run_folder.ts";
import { checkSettings } from "../../lib/training/settings.ts";
import { temporaryFolder } from "../_folders.ts";

Deno.test("a run's settings are read as they were written", async () => {
  await using folder = await temporaryFolder();
  const run = runFolder(folder.path);
  const settings = checkSettings({ seed: 7, learningRate: 1e-3 / 3, augmentation: { flip: true } }, "test");
  await writeRunConfig(run, settings);
  assert.deepEqual(await readRunSettings(run), settings);
});

Deno.test("readRunSettings() says what is wrong with a run folder", async () => {
  await using folder = await temporaryFolder();
  const run = runFolder(folder.path);
  await assert.rejects(readRunSettings(run), {
    name: "InputError",
    message: /: no run \(config.json is missing\)$/,
  });
  await writeRunConfig(run, checkSettings({}, "test"));
  const whole = await Deno.readTextFile(run.config);
  const cases: [RegExp | string, string, RegExp][] = [
    ["}", "", /config.json: not JSON/],
    ['"version": 1', '"version": 9', /config.json: version 9 of run folders, and this is version 1/],
    ['"Hernia"', '"Rupture"', /config.json: labels .*Rupture.* are not the 14/],
    ['"epochs"', '"eposch"', /config.json: unknown setting "eposch" \(did you mean "epochs"\?\)/],
    ['"seed": 0', '"seed": -1', /config.json: seed -1: /],
    [/^[^]*$/, "null", /config.json: version undefined/],
    ['"settings"', '"setting"', /config.json: has no settings/],
  ];
  for (const [from, to, message] of cases) {
    await Deno.writeTextFile(run.config, whole.replace(from, to));
    await assert.rejects(readRunSettings(run), { name: "InputError", message });
  }
});
