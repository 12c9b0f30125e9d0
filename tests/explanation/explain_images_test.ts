import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { NIH_FINDINGS } from "../../lib/dataset/nih_findings.ts";
import {
  explainImages,
  type ExplainOptions,
  type LabelledImage,
} from "../../lib/explanation/explain_images.ts";
import { enlarge } from "../../lib/plots/pictures/enlarge.ts";
import { tf } from "../../lib/tensorflow/mod.ts";
import { brightImages, brightnessModel, SIZE } from "./_bright_places.ts";

const SQUARES: Record<string, [number, number]> = { "a.png": [0, 3], "b.png": [2, 1], "c.png": [3, 3] };
const CACHE = brightImages(SQUARES);
const IMAGES: LabelledImage[] = [
  { image: "b.png", label: "Mass" },
  { image: "a.png", label: "Nodule" },
  { image: "b.png", label: "Hernia" },
  { image: "c.png", label: "Edema" },
  { image: "a.png", label: "Mass" },
];

Deno.test("explainImages gives a map for each label of an image in 0 to 1, enlarged, in order, whatever the batches", async () => {
  const model = brightnessModel(["Hernia"]);
  for (const [batchSize, mapSize] of [[2, SIZE], [32, 64]] as const) {
    const tensors = tf.memory().numTensors;
    const done: number[] = [];
    const maps = await explainImages(model, { cache: CACHE, images: IMAGES, findings: NIH_FINDINGS }, {
      batchSize,
      mapSize,
      onProgress: (count, total) => done.push(count, total),
    });
    deepEqual(done, batchSize === 2 ? [2, 5, 4, 5, 5, 5] : [5, 5]);
    equal(maps.length, IMAGES.length);
    for (const [i, { values, width, height }] of maps.entries()) {
      const { image, label } = IMAGES[i]!;
      deepEqual([width, height], [mapSize, mapSize]);
      const [row, column] = SQUARES[image]!;
      const small = new Float32Array(16);
      if (label !== "Hernia") small[4 * row + column] = 1;
      const expected = enlarge(small, mapSize);
      equal(values.length, expected.length);
      ok(expected.every((value, j) => Math.abs(value - values[j]!) < 1e-6), `${image} ${label}`);
    }
    equal(tf.memory().numTensors, tensors);
  }
  model.dispose();
});

Deno.test("workers explain some batches each, and get all maps, the same bits as one has", async () => {
  const model = brightnessModel();
  const explain = (workers?: ExplainOptions["workers"]) =>
    explainImages(model, { cache: CACHE, images: IMAGES, findings: NIH_FINDINGS }, { batchSize: 2, workers });
  const alone = await explain();
  const sent: Float32Array[] = [];
  const total = Promise.withResolvers<Float32Array>();
  const together = await Promise.all([0, 1].map((index) =>
    explain({
      index,
      count: 2,
      sum(values) {
        if (sent.push(values) === 2) total.resolve(sent[0]!.map((value, i) => value + sent[1]![i]!));
        return total.promise;
      },
    })
  ));
  const mapsIn = (values: Float32Array) =>
    alone.map((_, i) => values.subarray(i * SIZE ** 2, (i + 1) * SIZE ** 2).some((value) => value > 0));
  deepEqual(sent.map(mapsIn).sort(), [[false, false, true, true, false], [true, true, false, false, true]]);
  for (const maps of together) deepEqual(maps, alone);
  model.dispose();
});

Deno.test("explainImages ends with the signal's reason, and refuses an image that the cache lacks", async () => {
  const model = brightnessModel();
  const signal = AbortSignal.abort(new Error("enough"));
  await rejects(explainImages(model, { cache: CACHE, images: IMAGES, findings: NIH_FINDINGS }, { signal }), {
    message: "enough",
  });
  await rejects(
    explainImages(model, {
      cache: CACHE,
      images: [{ image: "d.png", label: "Mass" }],
      findings: NIH_FINDINGS,
    }),
    { name: "RangeError", message: "The cache has no image d.png" },
  );
  model.dispose();
});
