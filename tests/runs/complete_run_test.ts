import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { readPredictions } from "../../lib/evaluation/predictions_csv.ts";
import { createModel } from "../../lib/model/model.ts";
import { completeRun } from "../../lib/runs/complete_run.ts";
import { loadRun } from "../../lib/runs/load_run.ts";
import type { Reporter } from "../../lib/runs/reporter.ts";
import { resumedSettings } from "../../lib/runs/resumed_settings.ts";
import { InputError } from "../../lib/support/input_error.ts";
import { sha256OfFile } from "../../lib/support/sha256.ts";
import { readCheckpoint } from "../../lib/training/checkpoint.ts";
import type { Provenance } from "../../lib/training/provenance.ts";
import { scoreImages, scorer } from "../../lib/training/score.ts";
import { checkSettings, type Settings } from "../../lib/training/settings.ts";
import { openTrainingData } from "../../lib/training/training_data.ts";
import { bitsOf, temporaryFolder } from "../_folders.ts";
import { writeImages } from "../training/_images.ts";

const SMALL = {
  network: "resnet11v2",
  imageSize: 32,
  batchSize: 16,
  epochs: 1,
  checkedMaps: 0,
  shortcutImages: 0,
};

/** A folder with images and the settings of a small run on them. */
async function smallRun(): Promise<{ path: string; dir: string; settings: Settings } & AsyncDisposable> {
  const folder = await temporaryFolder();
  const data = join(folder.path, "images");
  await writeImages(data, { images: 120 });
  const settings = checkSettings({ ...SMALL, data }, "test");
  return { ...folder, dir: join(folder.path, "run"), settings };
}

Deno.test("a run's life is told step by step, and goes on where it was ended", async () => {
  await using run = await smallRun();
  const dir = run.dir;
  const settings = { ...run.settings, checkedMaps: 2, shortcutImages: 1000 };
  const told: string[] = [];
  const stop = new AbortController();
  const reporter: Reporter = {
    onProgress: (work, done, total) => void (done === total && told.push(work)),
    onOpened: ({ history }) => void told.push(`opened after epoch ${history.length}`),
    onStep: ({ epoch, step }) => void (step === 1 && told.push(`epoch ${epoch} begun`)),
    onEpoch: ({ epoch }) => void told.push(`epoch ${epoch} complete`),
    onTrained() {
      told.push("trained");
      stop.abort();
    },
    onFinished: ({ selection: { epoch } }) => void told.push(`finished with epoch ${epoch}`),
  };
  await assert.rejects(completeRun(settings, { dir, reporter, signal: stop.signal }), { name: "AbortError" });
  const training = ["epoch 1 begun", "Training", "Validating", "epoch 1 complete", "trained"];
  assert.deepEqual(told.splice(0).filter((event) => event !== "Decoding images"), [
    "opened after epoch 0",
    ...training,
  ]);

  const { folder, metrics } = await completeRun(settings, { dir, resume: true, reporter });
  assert.deepEqual(told, [
    "opened after epoch 1",
    "trained",
    "Testing",
    "Describing",
    "Grad-CAM",
    "Checking maps",
    "Covering regions",
    "finished with epoch 1",
  ]);
  assert.equal(metrics.labels.length, 14);
  assert.deepEqual([metrics.faithfulness!.maps, metrics.shortcuts!.images], [2, metrics.images]);
  for (const file of [folder.selection, folder.predictions("test"), folder.metrics, folder.report]) {
    assert(existsSync(file), file);
  }
  const { split, sessions }: Provenance = JSON.parse(await Deno.readTextFile(folder.provenance));
  assert.equal(split, await sha256OfFile(folder.split));
  assert.deepEqual(sessions.map(({ ended }) => ended !== null), [false, true]);
  assert.equal(sessions[1]!.deno, Deno.version.deno);
  assert((await Deno.readTextFile(folder.modelCard)).includes(split));
  assert((await Deno.readTextFile(folder.report)).includes(split));
});

Deno.test("a run that fails before its first epoch leaves no folder, one that fails later is as it was", async () => {
  await using run = await smallRun();
  const { path, dir, settings } = run;
  const weights = join(path, "weights.safetensors");
  await Deno.writeTextFile(weights, "no weights, but long enough");
  await assert.rejects(
    completeRun({ ...settings, weights }, { dir }),
    /weights.safetensors: cut short, or not/,
  );
  await assert.rejects(completeRun({ ...settings, batchSize: 500 }, { dir }), /fewer than a batch of 500/);
  await assert.rejects(completeRun({ ...settings, weights: "imagenet" }, { dir }), /only for efficientnet/);
  assert(!existsSync(dir));

  await completeRun(settings, { dir });
  const before = await bitsOf(dir);
  const more = await resumedSettings(dir, { flags: { epochs: 2 } });
  const fail = () => {
    throw new InputError("failed");
  };
  const options = { dir, resume: true, reporter: { onStep: fail } } as const;
  await assert.rejects(completeRun(more, options), /^InputError: failed$/);
  assert.deepEqual(await bitsOf(dir), before);
});

Deno.test("a run goes on with the very images and labels that it was started with", async () => {
  await using run = await smallRun();
  const { dir, settings, path } = run;
  await completeRun(settings, { dir });
  const before = await bitsOf(dir);
  const more = await resumedSettings(dir, { flags: { epochs: 2 } });
  const table = join(path, "images/Data_Entry_2017.csv");
  const rows = await Deno.readTextFile(table);
  const image = join(path, "images/images/00000003_000.png");
  const pixels = await Deno.readFile(image);
  const changes = [
    () =>
      Deno.writeTextFile(
        table,
        rows.replace("00000003_000.png,", "00000003_000.png,Mass|").replace("|No Finding", ""),
      ),
    async () => {
      await Deno.writeTextFile(table, rows);
      await Deno.copyFile(join(path, "images/images/00000004_000.png"), image);
    },
  ];
  for (const change of changes) {
    await change();
    await assert.rejects(completeRun(more, { dir, resume: true }), {
      name: "InputError",
      message:
        /images: its images or labels are not those that the run was started with \(.*config.json\): put/,
    });
    assert.deepEqual(await bitsOf(dir), before);
  }
  await Deno.writeFile(image, pixels);
  await completeRun(more, { dir, resume: true });
});

Deno.test("statistics that were computed anew are the run's: they score, are checked, and are made again", async () => {
  await using run = await smallRun();
  const { dir } = run;
  const settings = { ...run.settings, recomputedStatistics: true };
  const { folder, selection } = await completeRun(settings, { dir });
  assert.equal(selection.statistics, "recomputed");
  assert.match(selection.rule, /; batch normalisation's running statistics were computed anew$/);
  const bits = await bitsOf(dir);

  const loaded = await loadRun(dir);
  const [own, kept] = [loaded.model, createModel(loaded.model.network, { seed: null })];
  await readCheckpoint(folder.checkpoint(1), kept, { epoch: 1, findings: loaded.findings });
  assert.deepEqual(own.weights.dataSync(), kept.weights.dataSync());
  assert.notDeepEqual(own.moving.dataSync(), kept.moving.dataSync());
  using data = await openTrainingData({ ...settings, splitFile: folder.split });
  const score = scorer(own);
  const { findings } = loaded;
  const { predictions } = await scoreImages(score, { ...data, findings, entries: data.split.test }, {
    batchSize: 16,
  });
  const written = await readPredictions(folder.predictions("test"));
  assert.deepEqual([...predictions.scores], [...written.scores]);
  score.dispose();
  own.dispose();
  kept.dispose();

  const flipped = await Deno.readFile(folder.statistics);
  flipped[flipped.length - 1]! ^= 1;
  await Deno.writeFile(folder.statistics, flipped);
  await assert.rejects(loadRun(dir), /statistics\.safetensors: .*--resume --overwrite makes it anew$/);
  const resumed = await resumedSettings(dir, { flags: {} });
  await completeRun(resumed, { dir, resume: true, overwrite: true });
  assert.deepEqual(await bitsOf(dir), bits);
});
