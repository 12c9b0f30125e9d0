import assert from "node:assert/strict";
import { makeSplit } from "../../lib/dataset/make_split.ts";
import {
  type Split,
  splitAsOriginal,
  splitByImage,
  splitByPatient,
  SUBSETS,
} from "../../lib/dataset/split.ts";
import { undersample } from "../../lib/dataset/undersample.ts";
import { entriesOf, nihDataSet } from "./_files.ts";

const ENTRIES = entriesOf(Array(50).fill(4));

Deno.test("makeSplit() splits in the way that is named, with the test share that is given or the original's", async () => {
  const ways = { image: splitByImage, patient: splitByPatient } as const;
  for (const kind of ["image", "patient"] as const) {
    const usual = await makeSplit(nihDataSet(ENTRIES), { kind, seed: 3 });
    assert.deepEqual(usual, ways[kind](ENTRIES, { seed: 3 }));
    assert.equal((await makeSplit(nihDataSet(ENTRIES), { kind, seed: 3, test: 0.4 })).test.length, 80);
  }
  assert.deepEqual(
    await makeSplit(nihDataSet(ENTRIES), { kind: "original", seed: 3 }),
    splitAsOriginal(ENTRIES),
  );
  await assert.rejects(makeSplit(nihDataSet(ENTRIES), { kind: "official", seed: 3 }), { name: "InputError" });
});

Deno.test("makeSplit() undersamples the training set alone unless all sets are asked for", async () => {
  const entries = entriesOf(Array(100).fill(3));
  entries.forEach((entry, index) => entry.labels = index % 4 === 0 ? ["Mass"] : []);
  const normal = (split: Split) =>
    SUBSETS.map((subset) => split[subset].filter(({ labels }) => labels.length === 0).length);
  const options = { kind: "patient", seed: 3, test: 0.4 } as const;
  const whole = await makeSplit(nihDataSet(entries), options);
  const thinned = await makeSplit(nihDataSet(entries), { ...options, keepNormal: 0.2 });
  assert.deepEqual([thinned.validation, thinned.test], [whole.validation, whole.test]);
  assert.deepEqual(thinned.training, undersample(whole.training, { keepNormal: 0.2 }));
  const drawn = await makeSplit(nihDataSet(entries), { ...options, keepNormal: 0.2, drawNormal: true });
  assert.deepEqual(drawn.training, undersample(whole.training, { keepNormal: 0.2, seed: 3 }));
  assert.deepEqual(normal(drawn), normal(thinned));
  const all = await makeSplit(nihDataSet(entries), { ...options, keepNormal: 0.2, undersample: "all" });
  assert.deepEqual(all, splitByPatient(undersample(entries, { keepNormal: 0.2 }), { seed: 3, test: 0.4 }));
  assert.equal(normal(all).reduce((sum, count) => sum + count), 45);
});
