import { deepEqual, equal, rejects } from "node:assert/strict";
import { NIH_FINDINGS } from "../../lib/dataset/nih_findings.ts";
import { boxedImages, explainExamples, peakInBox } from "../../lib/explanation/examples.ts";
import { brightImages, brightnessModel } from "./_bright_places.ts";

const IMAGES = ["a.png", "b.png"];
const CACHE = brightImages({ "a.png": [0, 3], "b.png": [2, 1] });
const scores = Float64Array.from({ length: IMAGES.length * NIH_FINDINGS.length }, (_, place) => place / 100);
const predictions = {
  labels: NIH_FINDINGS,
  images: IMAGES,
  patients: ["1", "2"],
  truth: new Uint8Array(scores.length),
  scores,
};
const mass = { label: "Mass" as const, y: 0, width: 10, height: 10 };
const boxes = [
  { ...mass, image: "b.png", x: 0 },
  { ...mass, image: "b.png", x: 500 },
  { ...mass, image: "elsewhere.png", x: 0 },
];

Deno.test("each label of an image that has a box is there once", () => {
  deepEqual(boxedImages({ predictions, boxes }), [{ image: "b.png", label: "Mass" }]);
});

Deno.test("an example has its own score and all of its boxes", async () => {
  const model = brightnessModel(["Mass"]);
  const [example] = await explainExamples(model, boxedImages({ predictions, boxes }), {
    cache: CACHE,
    predictions,
    boxes,
  });
  equal(example!.score, (NIH_FINDINGS.length + NIH_FINDINGS.indexOf("Mass")) / 100);
  equal(example!.boxes.length, 2);
});

Deno.test("an image that was not scored is refused", async () => {
  const model = brightnessModel(["Mass"]);
  const sources = { cache: CACHE, predictions: { ...predictions, images: ["b.png"] }, boxes };
  await rejects(explainExamples(model, [{ image: "a.png", label: "Mass" }], sources), RangeError);
});

Deno.test("a peak is in a box up to its edge; a map of zeros has none", () => {
  const box = { x: 10, y: 20, width: 5, height: 5 };
  equal(peakInBox({ peak: { x: 15, y: 25 }, boxes: [box] }), true);
  equal(peakInBox({ peak: { x: 15.5, y: 25 }, boxes: [box] }), false);
  equal(peakInBox({ peak: null, boxes: [box] }), false);
});
