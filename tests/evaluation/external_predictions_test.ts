import assert from "node:assert/strict";
import type { Entry } from "../../lib/dataset/entry.ts";
import { readAnyPredictions } from "../../lib/evaluation/external_predictions.ts";
import { InputError } from "../../lib/support/input_error.ts";
import { entriesOf, withFile } from "../dataset/_files.ts";

const entries: Entry[] = entriesOf([2, 1]).map((entry, index) => ({
  ...entry,
  labels: index === 1 ? ["Mass", "Pleural_Thickening"] : [],
}));

Deno.test("readAnyPredictions() finds columns however they are spelt, and joins the metadata", async () => {
  const files = [
    "image,Mass_score,Pleural_Thickening_score\n1_1.png,.9,-1e-3\n2_0.png,0.1,2\n",
    "Image Index,prob_Pleural Thickening,split,prob_Mass\n1_1.png,-.001,test,0.9\n2_0.png,2,test,0.1\n",
    "path,MASS,pleural thickening\nnih/images_001/1_1.png,9e-1,-0.001\nnih/images_002/2_0.png,0.1,2.0\n",
    "filename,Mass,Pleural_Thickening,mass_logit,pred_pleural_thickening\n1_1.png,1,1,.9,-.001\n2_0.png,0,0,.1,2\n",
  ];
  for (const content of files) {
    await withFile("predictions.csv", content, async (file) => {
      assert.deepEqual(await readAnyPredictions(file, entries), {
        labels: ["Mass", "Pleural_Thickening"],
        images: ["1_1.png", "2_0.png"],
        patients: ["1", "2"],
        truth: Uint8Array.of(1, 1, 0, 0),
        scores: Float64Array.of(0.9, -0.001, 0.1, 2),
      }, content);
    });
  }
});

Deno.test("readAnyPredictions() refuses what it cannot read, with file, row and value", async () => {
  const cases: [content: string, message: string][] = [
    ["image,Mass", " has a header and no rows"],
    ["name,Mass\n1_0.png,1", ', row 1: no column "image" in "name,Mass"'],
    ["image,path,Mass\n1_0.png,1,1", ', row 1: columns "image" and "path" mean the same'],
    [
      "image,Mass_score,prob_mass\n1_0.png,1,1",
      ', row 1: columns "Mass_score" and "prob_mass" mean the same',
    ],
    ["image,Tumour\n1_0.png,1", ', row 1: no column of a label in "image,Tumour"'],
    ["image,Mass\n1_0.png,1\n9_9.png,1", ', row 3: image "9_9.png" is not in the metadata'],
    ["image,Mass\n1_0.png,1\na/1_0.png,1", ', row 3: image "1_0.png" is already in a row above'],
    ["image,Mass\n1_0.png,nan", ', row 2: Mass "nan" is not a finite number'],
  ];
  for (const [content, message] of cases) {
    await withFile("predictions.csv", content, async (file) => {
      await assert.rejects(readAnyPredictions(file, entries), new InputError(file + message), content);
    });
  }
});
