import assert from "node:assert/strict";
import { join } from "node:path";
import { openTrainingData } from "../../lib/training/training_data.ts";
import { rateRange } from "../../lib/training/rate_range.ts";
import { runFolder } from "../../lib/training/run_folder.ts";
import { checkSettings } from "../../lib/training/settings.ts";
import { train } from "../../lib/training/train.ts";
import { initialState } from "../../lib/training/training_state.ts";
import { tf } from "../../lib/tensorflow/mod.ts";
import { temporaryFolder } from "../_folders.ts";
import { writeImages } from "./_images.ts";

Deno.test("rateRange() trains as training does, at rates that grow by a constant factor", async () => {
  await using folder = await temporaryFolder();
  const dir = join(folder.path, "images");
  await writeImages(dir, { images: 60 });
  const settings = checkSettings({
    ...{ data: dir, network: "resnet11v2", imageSize: 32, batchSize: 16, epochs: 1, learningRate: 1e-3 },
    ...{ schedule: "constant", dropout: 0.2, augmentation: { shift: 0.05 } },
  }, "test");
  using data = await openTrainingData(settings);
  const { findings } = data;
  const tensors = tf.memory().numTensors;
  const tested = async (lowest: number, highest: number, steps: number) => {
    using state = await initialState(settings, { findings, weights: null });
    return await rateRange(settings, { state, data, lowest, highest, steps });
  };
  const points = await tested(1e-3, 1e-1, 5);
  assert.equal(tf.memory().numTensors, tensors);
  points.forEach(({ learningRate }, i) => assert(Math.abs(learningRate / 10 ** (-3 + i / 2) - 1) < 1e-12));
  assert.deepEqual(await tested(1e-3, 1e-1, 5), points);

  // At one rate throughout, an epoch's losses are those of a training.
  using state = await initialState(settings, { findings, weights: null });
  const all = [];
  for (const stratifiedBatches of [false, true]) {
    using fresh = await initialState(settings, { findings, weights: null });
    const losses: number[] = [];
    const run = runFolder(join(folder.path, String(stratifiedBatches)));
    await train({ ...settings, stratifiedBatches }, {
      ...{ state: fresh, data, run },
      onStep: ({ loss }) => losses.push(loss),
    });
    assert(losses.length >= 2);
    using again = await initialState(settings, { findings, weights: null });
    const range = { lowest: 1e-3, highest: 1e-3, steps: losses.length };
    const level = await rateRange({ ...settings, stratifiedBatches }, { state: again, data, ...range });
    assert.deepEqual(level.map(({ loss }) => loss), losses);
    all.push(losses);
  }
  assert.notDeepEqual(all[0], all[1]);

  await assert.rejects(
    rateRange({ ...settings, batchSize: 100 }, { state, data, lowest: 1e-3, highest: 1, steps: 3 }),
    /^InputError: The training set has \d+ images, fewer than a batch of 100/,
  );
  await assert.rejects(
    rateRange(settings, {
      state,
      data,
      lowest: 1,
      highest: 2,
      steps: 3,
      signal: AbortSignal.abort(new Error("enough")),
    }),
    { message: "enough" },
  );
});
