import assert from "node:assert/strict";
import { join } from "node:path";
import { configurationNames } from "../../lib/training/configurations.ts";
import { checkSettings, readConfiguration } from "../../lib/training/settings.ts";
import { networkOf } from "../../lib/training/network_of.ts";
import { temporaryFolder } from "../_folders.ts";

Deno.test("each configuration of the project holds known settings and a network that can be made", async () => {
  assert(configurationNames().includes("default"));
  for (const name of configurationNames()) {
    const settings = checkSettings(await readConfiguration(name), name);
    networkOf(settings, ["Mass"]);
    assert.equal(settings.undersample, name === "original" ? "all" : "training");
    const keepsUp = settings.batchNormMomentum <= 0.9 || settings.recomputedStatistics;
    assert.equal(keepsUp, name !== "original", `${name}: running statistics of a short run`);
  }
});

Deno.test("the original's recipe is the one that the notebook published", async () => {
  const {
    network,
    imageSize,
    batchSize,
    epochs,
    pooling,
    loss,
    keepNormal,
    undersample,
    split,
    schedule,
    learningRate,
    l2,
    batchNormMomentum,
  } = checkSettings(await readConfiguration("original"), "original");
  assert.deepEqual([network, imageSize, batchSize, epochs, pooling], ["resnet56v2", 128, 64, 30, "flatten"]);
  assert.deepEqual([loss, keepNormal, split, schedule], ["weighted", 0.2, "original", "constant"]);
  assert.deepEqual([learningRate, l2, batchNormMomentum, undersample], [1e-3, 1e-4, 0.99, "all"]);
});

Deno.test("settings that are not given have their defaults, and given ones stay", () => {
  const settings = checkSettings({ epochs: 3, augmentation: { shift: 0.1 } }, "a.jsonc");
  assert.equal(settings.epochs, 3);
  assert.equal(settings.network, "resnet20v2");
  assert.deepEqual(settings.augmentation, { shift: 0.1, rotation: 0, zoom: 0, brightness: 0, flip: false });
  assert.deepEqual(checkSettings({ ...settings }, "again"), settings);
});

Deno.test("checkSettings() names the setting, its value and the nearest name", () => {
  const cases: [Record<string, unknown>, RegExp][] = [
    [{ epoch: 3 }, /^a.jsonc: unknown setting "epoch" \(did you mean "epochs"\?\)$/],
    [{ augmentation: { rotate: 3 } }, /^a.jsonc: unknown setting "rotate" \(did you mean "rotation"\?\)$/],
    [{ epochs: 0 }, /^a.jsonc: epochs 0: /],
    [{ epochs: "3" }, /^a.jsonc: epochs "3": /],
    [{ weights: "" }, /^a.jsonc: weights "": an empty path names nothing$/],
    [{ data: "" }, /^a.jsonc: data "": an empty path names nothing$/],
    [{ epochs: 1e9 }, /^a.jsonc: epochs 1000000000: Too big: expected number to be <=10000$/],
    [{ imageSize: 40_000 }, /^a.jsonc: imageSize 40000: Too big: expected number to be <=2048$/],
    [{ imageSize: 8 }, /^a.jsonc: imageSize 8: Too small: expected number to be >=32$/],
    [{ batchSize: 2 ** 40 }, /^a.jsonc: batchSize 1099511627776: Too big/],
    [{ learningRate: 1e30 }, /^a.jsonc: learningRate 1e\+30: Too big/],
    [{ warmupEpochs: 1e300 }, /^a.jsonc: warmupEpochs 1e\+300: Too big/],
    [{ headEpochs: 1e6 }, /^a.jsonc: headEpochs 1000000: Too big/],
    [{ patience: 1e6 }, /^a.jsonc: patience 1000000: Too big/],
    [{ l2: 1e9 }, /^a.jsonc: l2 1000000000: Too big/],
    [
      { labelSmoothing: 0.1, loss: "focal" },
      /^a.jsonc: labelSmoothing 0.1: not together with the focal loss/,
    ],
    [{ weightDecay: 1e9 }, /^a.jsonc: weightDecay 1000000000: Too big/],
    [{ seed: 2 ** 31 }, /^a.jsonc: seed 2147483648: Too big/],
    [{ learningRate: Infinity }, /^a.jsonc: learningRate Infinity: /],
    [{ network: "resnet57v2" }, /^a.jsonc: network "resnet57v2": has to be one of resnet<9n\+2>v2, /],
    [{ network: "resnet9002v2" }, /^a.jsonc: network "resnet9002v2": .* of at most 1001 layers$/],
    [{ batchSize: 1.5 }, /^a.jsonc: batchSize 1.5: /],
    [{ keepNormal: 2 }, /^a.jsonc: keepNormal 2: /],
    [{ learningRate: 0 }, /^a.jsonc: learningRate 0: /],
    [{ batchNormMomentum: 1 }, /^a.jsonc: batchNormMomentum 1: /],
    [{ split: "patients" }, /^a.jsonc: split "patients": .*"patient"/],
    [{ augmentation: { zoom: 1 } }, /^a.jsonc: augmentation.zoom 1: /],
    [{ fold: 3, folds: 2 }, /^a.jsonc: fold 3: it has to be from 1 to folds, the number of folds$/],
    [
      { imageSize: 64, initialImageSize: 32, initialEpochs: 5, epochs: 5 },
      /^a.jsonc: initialEpochs 5: it has to be fewer than epochs, or no image is seen at imageSize$/,
    ],
    [{ schedule: "oneCycle", warmupEpochs: 1 }, /^a.jsonc: warmupEpochs 1: not together with oneCycle/],
  ];
  for (const [given, message] of cases) {
    assert.throws(() => checkSettings(given, "a.jsonc"), { name: "InputError", message });
  }
});

Deno.test("readConfiguration() reads JSON with comments and names the line of a mistake", async () => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, "mine.jsonc");
  await Deno.writeTextFile(file, '// Mine.\n{ "epochs": 3, /* few */ }\n');
  assert.deepEqual(await readConfiguration(file), { epochs: 3 });
  await Deno.writeTextFile(file, '{ "version": 1, "labels": ["Mass"], "settings": { "epochs": 3 } }');
  assert.deepEqual(
    await readConfiguration(file),
    { undersample: "all", batchNormMomentum: 0.99, epochs: 3 },
    "a run's config.json, with what runs did before they wrote it down",
  );
  for (
    const [text, message] of [
      ['{ "version": 99, "settings": {} }', "version 99 of run folders, and this is version 2"],
      ['{ "settings": {} }', "version undefined of run folders, and this is version 2"],
      ['{ "version": 2 }', "has no settings"],
    ] as const
  ) {
    await Deno.writeTextFile(file, text);
    await assert.rejects(readConfiguration(file), { name: "InputError", message: `${file}: ${message}` });
  }
  for (
    const [text, message] of [['{\n "epochs" 3 }', /mine.jsonc, line 2: /], [
      "[]",
      /mine.jsonc: has to be an object/,
    ], ['{\n "epochs": 3,\n "epochs": 30 }', /mine.jsonc, line 3: "epochs" is there twice/]] as const
  ) {
    await Deno.writeTextFile(file, text);
    await assert.rejects(readConfiguration(file), { name: "InputError", message });
  }
  const message = /^orignal: neither a file nor a configuration of the project \(.*original.*\)$/;
  await assert.rejects(readConfiguration("orignal"), { name: "InputError", message });
});
