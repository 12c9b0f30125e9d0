import assert from "node:assert/strict";
import type { ImageCache } from "../../lib/dataset/image_cache.ts";
import { plainEntry } from "../../lib/dataset/entry.ts";
import { checkShortcuts } from "../../lib/runs/check_network.ts";
import { createModel } from "../../lib/model/model.ts";
import { COVERED_REGIONS, coveredPixels } from "../../lib/dataset/covered_region.ts";
import { scoreImages, scorer } from "../../lib/training/score.ts";
import { tf } from "../../lib/tensorflow/mod.ts";
import { assertClose, readFixture } from "../evaluation/_close.ts";
import { formulaImages, formulaLabels } from "../model/_formula.ts";
import { checkSettings } from "../../lib/training/settings.ts";

// Made by tests/oracles/shortcuts.py, with numpy and scikit-learn.
const { size, count, whole, regions } = await readFixture<{
  size: number;
  count: number;
  whole: number[];
  regions: Record<string, { covered: number; aucs: number[]; mean: number; difference: number }>;
}>("shortcuts.json");

const FINDINGS = ["Mass", "Nodule"];
const truth = formulaLabels("truth", 2 * count);
const entries = Array.from(
  { length: count },
  (_, i) => plainEntry(`${i}.png`, FINDINGS.filter((_, label) => truth[2 * i + label] === 1)),
);

/** The images of the oracle: findings darken a corner and a lung. */
function images(): Uint8Array {
  const pixels = Uint8Array.from(
    formulaImages("shortcuts", count * size * size),
    (value) => Math.round(255 * value),
  );
  const lungs = coveredPixels("lungs", { size });
  entries.forEach(({ labels }, i) => {
    const own = pixels.subarray(i * size * size, (i + 1) * size * size);
    for (let place = 0; place < own.length; place++) {
      const [row, column] = [Math.floor(place / size), place % size];
      if (labels.includes("Mass") && row < 4 && column < 4) own[place] = Math.floor(own[place]! / 3);
      if (labels.includes("Nodule") && lungs[place] === 1 && column < size / 2) {
        own[place] = Math.floor(own[place]! / 2);
      }
    }
  });
  return pixels;
}

Deno.test("AUCs of images with covered regions are scikit-learn's of images that numpy covered", async () => {
  const pixels = images();
  const cache: ImageCache = {
    size,
    names: entries.map(({ image }) => image),
    indexOf: (name) => Number(name.slice(0, -4)),
    read: (index, into) => into.set(pixels.subarray(index * size * size, (index + 1) * size * size)),
    [Symbol.dispose]: () => {},
  };
  const model = createModel({
    name: "dark",
    imageSize: size,
    channels: 1,
    outputs: 2,
    featureTap: "none",
    head: "none",
    forward(_layers, images) {
      const darkness = (begin: number[], shape: number[]) =>
        tf.neg(tf.mean(tf.slice(images, [0, ...begin, 0], [-1, ...shape, 1]), [1, 2]));
      return tf.concat([darkness([0, 0], [4, 4]), darkness([4, 3], [12, 6])], 1) as tf.Tensor2D;
    },
  }, { seed: 0 });
  const data = { cache, findings: FINDINGS, entries };
  const score = scorer(model);
  const { predictions } = await scoreImages(score, data);
  const settings = checkSettings({ batchSize: 32 }, "test");
  const found = (await checkShortcuts(model, { ...data, predictions }, { settings, most: 1000 }))!;
  assert.deepEqual([found.images, found.patients], [count, count]);
  assertClose(found.whole.meanAuc, (whole[0]! + whole[1]!) / 2);
  assert.deepEqual(found.regions.map(({ region }) => region), COVERED_REGIONS);
  for (const { region, covered, meanAuc, difference, labels } of found.regions) {
    const expected = regions[region]!;
    assertClose([covered, meanAuc, difference], [expected.covered, expected.mean, expected.difference]);
    assertClose(labels.map(({ auc }) => auc), expected.aucs);
  }
  const some = (await checkShortcuts(model, { ...data, predictions }, { settings, most: 30 }))!;
  assert.equal(some.images, 30);
  assert.equal(await checkShortcuts(model, { ...data, predictions }, { settings, most: 0 }), null);
  score.dispose();
  model.dispose();
});
