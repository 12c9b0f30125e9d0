import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { NIH_FINDINGS } from "../../lib/dataset/nih_findings.ts";
import { checkMaps, imagesToCheck } from "../../lib/explanation/check_maps.ts";
import { tf } from "../../lib/tensorflow/mod.ts";
import { brightImages, brightnessModel } from "./_bright_places.ts";

const NAMES = ["a.png", "b.png", "c.png", "d.png", "e.png"];
const CACHE = brightImages({
  "a.png": [0, 3],
  "b.png": [2, 1],
  "c.png": [3, 3],
  "d.png": [1, 1],
  "e.png": [0, 0],
});
const IMAGES = NAMES.map((image) => ({ image, label: "Mass" }));
const DATA = {
  cache: CACHE,
  images: IMAGES,
  findings: NIH_FINDINGS,
  patients: NAMES,
  trainingBoxes: [{ image: "x.png", label: "Mass", x: 256, y: 512, width: 256, height: 256 }],
};

Deno.test("a network that scores by brightness is explained faithfully, and beats random and prior maps", async () => {
  const model = brightnessModel();
  const tensors = tf.memory().numTensors;
  const steps: number[] = [];
  const found = (await checkMaps(model, DATA, { onProgress: (done, total) => steps.push(done / total) }))!;
  equal(tf.memory().numTensors, tensors);
  equal(steps.at(-1), 1);
  deepEqual([found.maps, found.patients, found.layers, found.networks], [5, 5, 2, 2]);
  deepEqual(found.methods.map(({ method, maps }) => [method, maps]), [
    ["grad-cam", 5],
    ["grad-cam++", 5],
    ["hirescam", 5],
    ["occlusion", 5],
    ["random", 5],
    ["prior", 5],
  ]);
  const of = (name: string) => found.methods.find(({ method }) => method === name)!;
  const [own, random, prior] = [of("grad-cam"), of("random"), of("prior")];
  for (const [better, worse] of [[own, random], [own, prior]] as const) {
    ok(better.scores.deletion.value < worse.scores.deletion.value);
    ok(better.scores.insertion.value > worse.scores.insertion.value);
    ok(better.scores.road.value > worse.scores.road.value);
  }
  deepEqual(own.randomisation.map(({ layers }) => layers), [1, 2]);
  deepEqual(of("occlusion").randomisation.map(({ layers }) => layers), [2]);
  deepEqual([random.randomisation, random.sanity, random.gains], [[], null, null]);
  const { deletion } = own.gains!;
  ok(Math.abs(deletion.difference - (own.scores.deletion.value - random.scores.deletion.value)) < 1e-12);
  ok(deletion.interval!.low < deletion.difference && deletion.difference < deletion.interval!.high);
  deepEqual(await checkMaps(model, DATA), found);
  model.dispose();
});

Deno.test("where nothing speaks for a finding its map is left out, and without boxes there is no prior map", async () => {
  const model = brightnessModel(["Mass"]);
  const images = [...IMAGES.slice(0, 3), { image: "d.png", label: "Nodule" }];
  const found = (await checkMaps(model, { ...DATA, images, trainingBoxes: [] }))!;
  deepEqual(found.methods.map(({ method, maps }) => [method, maps]).filter(([, maps]) => maps !== 4), [
    ["grad-cam", 1],
    ["grad-cam++", 1],
    ["hirescam", 1],
  ]);
  equal(await checkMaps(model, { ...DATA, images: [] }), null);
  await rejects(checkMaps(model, DATA, { signal: AbortSignal.abort(new Error("enough")) }), {
    message: "enough",
  });
  model.dispose();
});

Deno.test("images to check are each finding's most confident true positives in turn", () => {
  const labels = ["Mass", "Nodule"];
  const predictions = {
    labels,
    images: ["a", "b", "c"],
    patients: ["1", "2", "3"],
    truth: Uint8Array.from([1, 0, 1, 1, 1, 0]),
    scores: Float64Array.from([0.2, 0.9, 0.8, 0.1, 0.5, 0.9]),
  };
  const named = (most: number) =>
    imagesToCheck(predictions, { most }).images.map(({ image, label }) => `${image} ${label}`);
  deepEqual(named(9), ["b Mass", "b Nodule", "c Mass", "a Mass"]);
  deepEqual(named(3), ["b Mass", "b Nodule", "c Mass"]);
  deepEqual(imagesToCheck(predictions, { most: 1 }).patients, ["2"]);
  deepEqual(named(0), []);
});
