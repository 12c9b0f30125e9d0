import { deepEqual, equal, ok } from "node:assert/strict";
import { NIH_FINDINGS } from "../../lib/dataset/nih_findings.ts";
import type { Box } from "../../lib/dataset/box.ts";
import type { NihFinding } from "../../lib/dataset/nih_findings.ts";
import { scoreBoxes } from "../../lib/explanation/score_boxes.ts";
import { entriesOf } from "../dataset/_files.ts";
import { brightImages, brightnessModel } from "./_bright_places.ts";

const ENTRIES = entriesOf([2, 1]);
const CACHE = brightImages({ "1_0.png": [1, 2], "1_1.png": [0, 0], "2_0.png": [3, 0] });

/** A box around the square at a row and column of 0 to 3. */
function boxAt(image: string, label: NihFinding, [row, column]: [number, number]): Box {
  return { image, label, x: 256 * column, y: 256 * row, width: 256, height: 256 };
}

Deno.test("scoreBoxes counts peaks in boxes by label and over all, beside random points and the middle", async () => {
  const model = brightnessModel(["Hernia"]);
  const boxes = [
    boxAt("1_0.png", "Mass", [1, 2]),
    boxAt("1_0.png", "Nodule", [0, 0]),
    boxAt("1_0.png", "Nodule", [1, 2]),
    boxAt("1_1.png", "Mass", [1, 1]),
    boxAt("1_1.png", "Hernia", [0, 0]),
    boxAt("2_0.png", "Mass", [3, 0]),
    boxAt("elsewhere.png", "Mass", [3, 0]),
  ];
  const scores = await scoreBoxes(model, { cache: CACHE, entries: ENTRIES, findings: NIH_FINDINGS, boxes }, {
    resamples: 20,
  });
  ok(scores);
  const sixteenth = 1 / 16;
  deepEqual(
    [...scores.points],
    [
      // The centre map's first highest cell is above and left of the middle, so in the box at [1, 1].
      ["Mass", { maps: 3, peak: 2 / 3, random: sixteenth, centre: 1 / 3 }],
      ["Nodule", { maps: 1, peak: 1, random: 2 * sixteenth, centre: 0 }],
      ["Hernia", { maps: 1, peak: 0, random: sixteenth, centre: 0 }],
    ],
  );
  deepEqual(scores.all, { maps: 5, peak: 3 / 5, random: 6 * sixteenth / 5, centre: 1 / 5 });
  const [mass] = scores.localisation.labels;
  deepEqual([mass!.name, mass!.maps, mass!.patients], ["Mass", 3, 2]);
  equal(mass!.prior, null);
  model.dispose();
});

Deno.test("scoreBoxes sets the prior map of the training set's boxes beside the maps", async () => {
  const model = brightnessModel();
  const boxes = [boxAt("1_0.png", "Mass", [1, 2]), boxAt("1_1.png", "Mass", [1, 1])];
  const trainingBoxes = [boxAt("trained.png", "Mass", [1, 1])];
  const data = { cache: CACHE, entries: ENTRIES, findings: NIH_FINDINGS, boxes, trainingBoxes };
  const { localisation: { labels: [mass] } } = (await scoreBoxes(model, data, { resamples: 20 }))!;
  equal(mass!.prior!.pointingGame.value, 1 / 2);
  model.dispose();
});

Deno.test("scoreBoxes gives null where no image has a box", async () => {
  const model = brightnessModel();
  const boxes = [boxAt("elsewhere.png", "Mass", [0, 0])];
  equal(await scoreBoxes(model, { cache: CACHE, entries: ENTRIES, findings: NIH_FINDINGS, boxes }), null);
  model.dispose();
});
