import assert from "node:assert/strict";
import { join } from "node:path";
import { openImageCache } from "../../lib/dataset/image_cache.ts";
import { openDatasetFolder } from "../../lib/dataset/dataset_folder.ts";
import { NIH_FINDINGS } from "../../lib/dataset/nih_findings.ts";
import { makeSplit } from "../../lib/dataset/make_split.ts";
import { readMetadata } from "../../lib/dataset/metadata.ts";
import { tf } from "../../lib/tensorflow/mod.ts";
import { type RunFolder, runFolder, tidyRun } from "../../lib/training/run_folder.ts";
import { checkSettings, type Settings } from "../../lib/training/settings.ts";
import { train, type TrainOptions, type TrainResult } from "../../lib/training/train.ts";
import type { TrainingData } from "../../lib/training/training_data.ts";
import { initialState } from "../../lib/training/training_state.ts";
import { bitsOf, temporaryFolder } from "../_folders.ts";
import { nihDataSet } from "../dataset/_files.ts";
import { killedAtRenaming } from "../_kills.ts";
import { writeImages } from "./_images.ts";

const SETTINGS = checkSettings({
  network: "resnet11v2",
  imageSize: 32,
  batchSize: 16,
  epochs: 2,
  dropout: 0.2,
  augmentation: { shift: 0.05, rotation: 5, zoom: 0.1, brightness: 0.1 },
}, "test");

/** 60 images: 3 steps an epoch. */
async function openData(folder: string): Promise<TrainingData> {
  const images = join(folder, "images of the test");
  await writeImages(images, { images: 60 });
  const opened = await openDatasetFolder(images);
  const entries = await readMetadata(opened.metadataFile);
  const split = await makeSplit(nihDataSet(entries), { kind: "patient", seed: 0 });
  const names = entries.map(({ image }) => image);
  const cache = await openImageCache(opened, names, { size: 32, cacheFolder: join(folder, "cache") });
  return {
    ...nihDataSet(entries),
    folder: opened,
    split,
    cache,
    boxes: [],
    [Symbol.dispose]: () => cache[Symbol.dispose](),
  };
}

/** Trains as a process of its own would: with a new model, or with what a run folder holds. */
async function trainAnew(
  { resume = false, ...options }: Omit<TrainOptions, "state"> & { resume?: boolean },
  given: Partial<Settings> = {},
): Promise<TrainResult> {
  const settings = { ...SETTINGS, ...given };
  using state = await initialState(settings, {
    findings: NIH_FINDINGS,
    weights: null,
    resumed: resume ? options.run : undefined,
  });
  return await train(settings, { state, ...options });
}

Deno.test("the same seed gives the same bits, another seed others", async () => {
  await using folder = await temporaryFolder();
  using data = await openData(folder.path);
  const runs: RunFolder[] = ["first", "second", "other"].map((name) => runFolder(join(folder.path, name)));
  for (const [i, run] of runs.entries()) await trainAnew({ data, run }, { seed: i < 2 ? 1 : 2, epochs: 1 });
  const [first, second, other] = await Promise.all(runs.map(({ dir }) => bitsOf(dir)));
  assert.deepEqual(Object.keys(first!).sort(), [
    "SHA256SUMS",
    "checkpoints/epoch-01.safetensors",
    "checkpoints/optimizer-01.safetensors",
    "history.csv",
  ]);
  assert.deepEqual(second, first);
  for (const path of Object.keys(first!)) assert.notEqual(other![path], first![path], path);
});

Deno.test("smoothed labels change the loss of the first step in a straight line", async () => {
  await using folder = await temporaryFolder();
  using data = await openData(folder.path);
  const firstLoss = async (labelSmoothing: number) => {
    let first: number | undefined;
    const run = runFolder(join(folder.path, `smoothed-${labelSmoothing}`));
    const settings = { loss: "plain", dropout: 0, l2: 0, epochs: 1, labelSmoothing } as const;
    await trainAnew({ data, run, onStep: ({ loss }) => void (first ??= loss) }, settings);
    return first!;
  };
  const [none, half, most] = [await firstLoss(0), await firstLoss(0.4), await firstLoss(0.8)];
  assert(Math.abs(most - none) > 1e-3, `${none} ${most}`);
  // The cross-entropy is linear in the labels.
  assert(Math.abs((none + most) / 2 - half) < 1e-4 * none, `${none} ${half} ${most}`);
});

/**
 * After how many renamings an epoch is complete. Each begins with SHA256SUMS, checkpoint, optimizer and history; then the
 * checksums are settled, in two steps where an older optimizer's state is removed.
 */
const HISTORY_WRITTEN = [4, 5 + 4];

Deno.test("initial epochs train on reduced images", async () => {
  await using folder = await temporaryFolder();
  using data = await openData(folder.path);
  const plain = { epochs: 1, dropout: 0, augmentation: checkSettings({}, "test").augmentation };
  const growing = { ...plain, initialImageSize: 16, initialEpochs: 1 };
  const lossesOf = async (name: string, given: Partial<Settings>) => {
    const losses: number[] = [];
    const run = runFolder(join(folder.path, name));
    await trainAnew({ data, run, onStep: ({ loss }) => void losses.push(loss) }, given);
    return losses;
  };
  const whole = await lossesOf("whole", plain);
  const both = await lossesOf("both", { ...growing, epochs: 2 });
  assert.equal(both.length, 2 * whole.length);
  // Halved, images interpolated bilinearly are the means of four pixels.
  const halved = {
    ...data,
    cache: {
      ...data.cache,
      indexOf: (name: string) => data.cache.indexOf(name),
      read(place: number, pixels: Uint8Array) {
        const full = new Uint8Array(32 * 32);
        data.cache.read(place, full);
        const block = (at: number) => full[at]! + full[at + 1]! + full[at + 32]! + full[at + 33]!;
        for (let i = 0; i < 256; i++) {
          const mean = block(64 * Math.floor(i / 16) + 2 * (i % 16)) / 4;
          for (const next of [0, 1, 32, 33]) pixels[64 * Math.floor(i / 16) + 2 * (i % 16) + next] = mean;
        }
      },
    },
  };
  const blocks: number[] = [];
  await trainAnew({
    data: halved,
    run: runFolder(join(folder.path, "blocks")),
    onStep: ({ loss }) => void blocks.push(loss),
  }, growing);
  assert.ok(Math.abs(both[0]! - whole[0]!) > 1e-4, `${both[0]} and ${whole[0]}`);
  // Grey values were cut to whole numbers there.
  assert.ok(
    Math.abs(both[0]! - blocks[0]!) < 0.1 * Math.abs(both[0]! - whole[0]!),
    `${both[0]}, ${blocks[0]}`,
  );
});

Deno.test("a training that is killed before any of its files is whole goes on to the same bits", async () => {
  await using folder = await temporaryFolder();
  using data = await openData(folder.path);
  const whole = runFolder(join(folder.path, "whole"));
  await trainAnew({ data, run: whole });
  const expected = await bitsOf(whole.dir);
  let kills = 0;
  for (let goesOn = true; goesOn; kills++) {
    const run = runFolder(join(folder.path, `killed before ${kills}`));
    goesOn = await killedAtRenaming(kills, () => trainAnew({ data, run }));
    await tidyRun(run);
    const steps: number[] = [];
    const { history } = await trainAnew({
      data,
      run,
      resume: true,
      onStep: ({ epoch }) => void steps.push(epoch),
    });
    assert.deepEqual(await bitsOf(run.dir), expected, `killed before file ${kills}`);
    assert.equal(history.length, 2);
    const complete = HISTORY_WRITTEN.filter((renamings) => renamings <= kills).length;
    assert.equal(steps.length, 3 * (2 - complete), "only the epoch under way is lost");
  }
  assert.equal(kills, 5 + 6 + 1);
});

Deno.test("a training that is stopped ends after its step and goes on to the same bits", async () => {
  await using folder = await temporaryFolder();
  using data = await openData(folder.path);
  const [whole, stopped] = ["whole", "stopped"].map((name) => runFolder(join(folder.path, name)));
  await trainAnew({ data, run: whole! });
  const stop = new AbortController();
  const steps: string[] = [];
  const result = await trainAnew({
    data,
    run: stopped!,
    signal: stop.signal,
    onStep({ epoch, step }) {
      steps.push(`${epoch}.${step}`);
      if (epoch === 2) stop.abort();
    },
  });
  assert.deepEqual(steps, ["1.1", "1.2", "1.3", "2.1"]);
  assert.equal(result.stopped, true);
  assert.equal(result.history.length, 1);
  assert.equal((await trainAnew({ data, run: stopped!, resume: true })).stopped, false);
  assert.deepEqual(await bitsOf(stopped!.dir), await bitsOf(whole!.dir));
});

Deno.test("a model that was stopped within an epoch is as it was before, so the same one can go on", async () => {
  await using folder = await temporaryFolder();
  using data = await openData(folder.path);
  const [whole, stopped] = ["whole", "stopped"].map((name) => runFolder(join(folder.path, name)));
  await trainAnew({ data, run: whole! });
  using state = await initialState(SETTINGS, { findings: NIH_FINDINGS, weights: null });
  const { model } = state;
  for (const stopAt of [1, 2]) {
    const before = [model.weights, model.moving].map((vector) => vector.dataSync().slice());
    const stop = new AbortController();
    const { history } = await train(SETTINGS, {
      state,
      data,
      run: stopped!,
      signal: stop.signal,
      onStep: ({ epoch, step }) => epoch === stopAt && step === 2 ? stop.abort() : undefined,
    });
    assert.equal(history.length, stopAt - 1);
    if (stopAt === 1) assert.deepEqual([model.weights, model.moving].map((v) => v.dataSync()), before);
  }
  await train(SETTINGS, { state, data, run: stopped! });
  assert.deepEqual(await bitsOf(stopped!.dir), await bitsOf(whole!.dir));
});

Deno.test("epochs tell what is in the history, and none of them keeps tensors", async () => {
  await using folder = await temporaryFolder();
  using data = await openData(folder.path);
  const run = runFolder(join(folder.path, "run"));
  const before = tf.memory().numTensors;
  const tensors: number[] = [];
  const rates: number[] = [];
  const { history } = await trainAnew({
    data,
    run,
    onStep: ({ learningRate }) => void rates.push(learningRate),
    onEpoch: () => void tensors.push(tf.memory().numTensors),
  }, { epochs: 3, schedule: "cosine", learningRate: 1e-3 });
  assert.equal(new Set(tensors).size, 1, `tensors after each epoch: ${tensors}`);
  assert.equal(tf.memory().numTensors, before);
  assert.deepEqual(history.map(({ epoch, steps }) => [epoch, steps]), [[1, 3], [2, 6], [3, 9]]);
  assert.deepEqual(history.map(({ learningRate }) => learningRate), [rates[2], rates[5], rates[8]]);
  assert.equal(history[0]!.auc.length, NIH_FINDINGS.length);
});

Deno.test("patience ends a training whose selection metric rises no more", async () => {
  await using folder = await temporaryFolder();
  using data = await openData(folder.path);
  const run = runFolder(join(folder.path, "run"));
  const { history, stopped } = await trainAnew({ data, run }, { epochs: 9, patience: 1, learningRate: 1e-9 });
  assert.equal(stopped, false);
  assert(history.length < 9, `${history.length} epochs`);
});

Deno.test("a batch larger than the training set and a loss that is no number are said in one line", async () => {
  await using folder = await temporaryFolder();
  using data = await openData(folder.path);
  const run = runFolder(join(folder.path, "run"));
  await assert.rejects(trainAnew({ data, run }, { batchSize: 64 }), {
    name: "InputError",
    message: /^The training set has 50 images, fewer than a batch of 64: take a smaller --batch-size$/,
  });
  await assert.rejects(trainAnew({ data, run }, { learningRate: 1e30 }), {
    name: "InputError",
    message: /^The loss is (NaN|Infinity) at step \d of epoch 1: try a smaller --learning-rate than 1e\+30$/,
  });
});
