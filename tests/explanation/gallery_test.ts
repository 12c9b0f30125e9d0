import { deepEqual, equal } from "node:assert/strict";
import { NIH_FINDINGS, type NihFinding } from "../../lib/dataset/nih_findings.ts";
import type { Predictions } from "../../lib/evaluation/predictions.ts";
import { gallery } from "../../lib/explanation/gallery.ts";
import { brightImages, brightnessModel, SIZE } from "./_bright_places.ts";

const IMAGES = ["a.png", "b.png", "c.png"];
const CACHE = brightImages({ "c.png": [3, 3], "a.png": [0, 3], "b.png": [2, 1] });

/** Predictions in which labels are true, with a score, of images; every other score is .99. */
function predictionsOf(positives: readonly [image: string, label: NihFinding, score: number][]): Predictions {
  const truth = new Uint8Array(IMAGES.length * NIH_FINDINGS.length);
  const scores = new Float64Array(truth.length).fill(0.99);
  for (const [image, label, score] of positives) {
    const place = IMAGES.indexOf(image) * NIH_FINDINGS.length + NIH_FINDINGS.indexOf(label);
    truth[place] = 1;
    scores[place] = score;
  }
  return { labels: NIH_FINDINGS, images: IMAGES, patients: ["1", "2", "3"], truth, scores };
}

Deno.test("the gallery shows each label's most confident true positive", async () => {
  const model = brightnessModel(["Hernia"]);
  const predictions = predictionsOf([
    ["a.png", "Mass", 0.2],
    ["b.png", "Mass", 0.7],
    ["c.png", "Mass", 0.7],
    ["c.png", "Hernia", 0.1],
    ["a.png", "Edema", 0],
  ]);
  const boxes = [
    { image: "b.png", label: "Mass" as const, x: 256, y: 512, width: 128, height: 64 },
    { image: "b.png", label: "Nodule" as const, x: 0, y: 0, width: 10, height: 10 },
    { image: "a.png", label: "Mass" as const, x: 0, y: 0, width: 10, height: 10 },
  ];
  const examples = await gallery(model, { cache: CACHE, predictions, boxes });
  deepEqual(
    examples.map(({ pixels: _, map: { width, height }, ...rest }) => ({ ...rest, width, height })),
    [
      { label: "Edema", image: "a.png", score: 0, peak: { x: 14.5, y: 0.5 }, boxes: [] },
      { label: "Hernia", image: "c.png", score: 0.1, peak: null, boxes: [] },
      {
        label: "Mass",
        image: "b.png",
        score: 0.7,
        peak: { x: 5.5, y: 9.5 },
        boxes: [{ x: 4, y: 8, width: 2, height: 1 }],
      },
    ].map((example) => ({ ...example, width: SIZE, height: SIZE })),
  );
  const pixels = new Uint8Array(SIZE ** 2);
  CACHE.read(CACHE.indexOf("b.png")!, pixels);
  deepEqual(examples[2]!.pixels, pixels);
  equal((await gallery(model, { cache: CACHE, predictions: predictionsOf([]), boxes })).length, 0);
  model.dispose();
});
