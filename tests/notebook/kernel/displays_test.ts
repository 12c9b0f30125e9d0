import assert from "node:assert/strict";
import sharp from "sharp";
import type { Entry } from "../../../lib/dataset/entry.ts";
import { evaluate } from "../../../lib/evaluation/metrics.ts";
import { createModel } from "../../../lib/model/model.ts";
import { networkNamed } from "../../../lib/model/networks.ts";
import { displayOf } from "../../../lib/notebook/kernel/displays.ts";
import { xray } from "../../../lib/plots/pictures/overlay.ts";

const entry: Entry = {
  image: "a.png",
  labels: ["Pleural_Thickening"],
  unknown: ["Edema"],
  followUp: 0,
  patient: "7",
  age: 50,
  sex: "F",
  view: "PA",
};

/** The lines of a value's text, runs of blanks shortened. */
function lines(value: unknown): string[] {
  return displayOf(value)!.text.split("\n").map((line) => line.trim().replace(/ {2,}/g, " | "));
}

Deno.test("entries and histories are tables with a reader's words", () => {
  assert.deepEqual(lines([entry]), [
    "1 entry",
    "Image | Findings | Patient | Follow-up | Age | Sex | View",
    "a.png | Pleural thickening, Edema? | 7 | 0 | 50 | F | PA",
  ]);
  const row = { steps: 4, learningRate: 0.001, trainingLoss: 1, validationLoss: 0.5, selectionMetric: null };
  assert.deepEqual(lines([{ epoch: 1, ...row, meanAuc: 0.7051, auc: [0.7] }]), [
    "History of 1 epoch",
    "Epoch | Learning rate | Training loss | Validation loss | Mean AUC | Selection metric",
    "1 | 0.00100 | 1.0000 | 0.5000 | 0.705 | -",
  ]);
});

Deno.test("a split is counted by images and by patients", () => {
  const other = { ...entry, labels: [], patient: "8" };
  assert.deepEqual(lines({ training: [entry, entry, other], validation: [other], test: [] }), [
    "Split",
    "Images | Fraction | Patients | No finding",
    "training set | 3 | 0.750 | 2 | 1",
    "validation set | 1 | 0.250 | 1 | 1",
    "test set | 0 | 0.000 | 0 | 0",
  ]);
});

Deno.test("metrics are a table of the findings", () => {
  const metrics = evaluate({
    labels: ["Mass"],
    images: ["a", "b", "c", "d"],
    patients: ["1", "2", "3", "4"],
    truth: Uint8Array.of(1, 0, 1, 0),
    scores: Float64Array.of(0.9, 0.4, 0.3, 0.2),
  });
  const [title, , row] = lines(metrics);
  assert.match(title!, /^Metrics of 4 images of 4 patients, mean AUC 0\.750/);
  assert.match(row!, /^Mass \| 2 \| 2 \| 0\.750/);
});

Deno.test("a model says what it takes, returns and weighs", () => {
  const model = createModel(networkNamed("resnet11v2", { imageSize: 64, outputs: 14 }), { seed: 0 });
  const [title, ...rows] = lines(model);
  const sum = [...model.parameters, ...model.statistics]
    .reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
  model.dispose();
  assert.equal(
    title,
    `Model resnet11v2: images 64x64x1, 14 outputs, ${sum.toLocaleString("en")} parameters`,
  );
  assert.match(rows[1]!, /^conv2d\/kernel \| 3x3x1x16 \| 144$/);
});

Deno.test("an image is a picture, larger ones made smaller; a PNG is shown as it is", async () => {
  const values = Uint16Array.from({ length: 600 * 300 }, (_, i) => i % 600 < 300 ? 0 : 65535);
  const display = displayOf({ values, width: 600, height: 300, white: 65535 })!;
  assert.equal(display.text, "Image of 600x300 pixels, 16 bits grey");
  const png = Uint8Array.fromBase64((await display.bundle())["image/png"] as string);
  const { data, info } = await sharp(png).toColourspace("b-w").raw().toBuffer({ resolveWithObject: true });
  assert.deepEqual([info.width, info.height, info.channels, data[0], data.at(-1)], [512, 256, 1, 0, 255]);
  const picture = displayOf(await xray(new Uint8Array(16)))!;
  assert.match(picture.text, /^Picture \(PNG, [\d,]+ bytes\)$/);
  assert.deepEqual(Object.keys(await picture.bundle()), ["image/png", "text/plain"]);
});

Deno.test("a figure is drawn, and told in a line", async () => {
  const figure = { data: [{ type: "bar", x: [1], y: [1] }], layout: { height: 300, title: { text: "One" } } };
  const display = displayOf(figure)!;
  assert.equal(display.text, "Figure: One (1 trace: bar)");
  assert.deepEqual(Object.keys(await display.bundle()), [
    "application/vnd.plotly.v1+json",
    "text/plain",
    "image/svg+xml",
  ]);
});

Deno.test("objects are a table; what only looks like a value of the library is shown as any other", () => {
  const rows = Array.from({ length: 30 }, (_, a) => ({ a, b: [1, 2], c: { d: 1 / 3 } }));
  const [title, head, first] = lines(rows);
  assert.deepEqual([title, head], ["30 rows, the first 20", "a | b | c"]);
  assert.match(first!, /^0 \| 0 \| 1, 2 \| \{ d: 0\.333/);
  for (
    const value of [[1, 2], [], "text", null, { training: [1], validation: [null], test: [] }, new Date()]
  ) {
    assert.equal(displayOf(value), null);
  }
});
