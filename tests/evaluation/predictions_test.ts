import assert from "node:assert/strict";
import { UNKNOWN } from "../../lib/dataset/entry.ts";
import { labelColumn, type Predictions, selectImages } from "../../lib/evaluation/predictions.ts";
import {
  predictionsCsv,
  predictionsCsvPieces,
  readPredictions,
  readPredictionsPieces,
} from "../../lib/evaluation/predictions_csv.ts";
import { InputError } from "../../lib/support/input_error.ts";
import { withFile } from "../dataset/_files.ts";

const predictions: Predictions = {
  labels: ["Mass", "Pleural_Thickening"],
  images: ["a.png", 'b, "c".png', "d.png"],
  patients: ["1", "1", "30805"],
  truth: Uint8Array.of(1, 0, 0, 0, 1, 1),
  scores: Float64Array.of(0.1 + 0.2, Math.fround(0.1), 5e-324, 1, -3.25, 1.7976931348623157e308),
};

Deno.test("predictionsCsv() has scores that readPredictions() gives back bit for bit", async () => {
  await withFile("predictions.csv", "", async (file) => {
    await Deno.writeTextFile(file, predictionsCsv(predictions));
    assert.deepEqual(await readPredictions(file), predictions);
    const lines = (await Deno.readTextFile(file)).split("\n");
    assert.equal(lines[0], "image,patient,Mass,Mass_score,Pleural_Thickening,Pleural_Thickening_score");
    assert.equal(lines[1], "a.png,1,1,0.30000000000000004,0,0.10000000149011612");
  });
});

Deno.test("predictionsCsv() refuses a score that is no number", () => {
  const scores = predictions.scores.with(3, NaN);
  assert.throws(
    () => predictionsCsv({ ...predictions, scores }),
    new RangeError('The score of Pleural_Thickening for image b, "c".png is NaN'),
  );
  assert.throws(() => predictionsCsv({ ...predictions, patients: ["1"] }), RangeError);
});

Deno.test("readPredictions() refuses what it cannot read, with file, row and value", async () => {
  const header = "image,patient,Mass,Mass_score";
  const cases: [content: string, message: string][] = [
    ["", " is empty"],
    [header, " has a header and no rows"],
    ["image,patient,Mass\na,1,0", ', row 1: no column "<Label>_score" in "image,patient,Mass"'],
    ["image,patient,Mass_score\na,1,0", ', row 1: no column "Mass" in "image,patient,Mass_score"'],
    ["image,Mass,Mass_score\na,1,0", ', row 1: no column "patient" in "image,Mass,Mass_score"'],
    [`${header},Mass\na,1,0,.5,1`, ', row 1: column "Mass" is there twice'],
    [`${header}\na,1,0,.5\n,2,0,.5`, ", row 3: no image name"],
    [`${header}\na,1,0,.5\na,2,0,.5`, ', row 3: image "a" is already in a row above'],
    [`${header}\na,,0,.5`, ", row 2: no patient"],
    [`${header}\na,1,-1,.5`, ', row 2: Mass "-1" is not 0, 1 or empty'],
    [`${header}\na,1,0,.5\nb,1,1,nan`, ', row 3: Mass_score "nan" is not a finite number'],
    [`${header}\na,1,0,`, ', row 2: Mass_score "" is not a finite number'],
    [`${header}\na,1,0,0x1`, ', row 2: Mass_score "0x1" is not a finite number'],
    [`${header}\na,1,0,1e999`, ', row 2: Mass_score "1e999" is not a finite number'],
    [`${header}\na,1,0`, ', row 2: 3 columns instead of 4: "a,1,0"'],
  ];
  for (const [content, message] of cases) {
    await withFile("predictions.csv", content, async (file) => {
      await assert.rejects(readPredictions(file), new InputError(file + message), content);
    });
  }
});

Deno.test("unknown ground truth is an empty cell, and no column has the image", async () => {
  const unknown = { ...predictions, truth: Uint8Array.of(1, UNKNOWN, 0, 0, UNKNOWN, 1) };
  await withFile("predictions.csv", "", async (file) => {
    await Deno.writeTextFile(file, predictionsCsv(unknown));
    const lines = (await Deno.readTextFile(file)).split("\n");
    assert.match(lines[1]!, /^a\.png,1,1,[^,]+,,[^,]+$/);
    assert.deepEqual(await readPredictions(file), unknown);
  });
  assert.deepEqual(labelColumn(unknown, 0), {
    images: Uint32Array.of(0, 1),
    truth: Uint8Array.of(1, 0),
    scores: Float64Array.of(0.1 + 0.2, 5e-324),
  });
});

Deno.test("labelColumn() and selectImages() take columns and rows", () => {
  assert.deepEqual(labelColumn(predictions, 1), {
    images: Uint32Array.of(0, 1, 2),
    truth: Uint8Array.of(0, 0, 1),
    scores: Float64Array.of(Math.fround(0.1), 1, 1.7976931348623157e308),
  });
  assert.deepEqual(selectImages(predictions, [2, 0]), {
    labels: predictions.labels,
    images: ["d.png", "a.png"],
    patients: ["30805", "1"],
    truth: Uint8Array.of(1, 1, 1, 0),
    scores: Float64Array.of(-3.25, 1.7976931348623157e308, 0.1 + 0.2, Math.fround(0.1)),
  });
});

Deno.test("predictions of many images are written and read in pieces, bit for bit", async () => {
  const images = Array.from({ length: 30_000 }, (_, i) => `${i}.png`);
  const many: Predictions = {
    labels: ["Mass", "Nodule"],
    images,
    patients: images.map((_, i) => String(i >> 2)),
    truth: Uint8Array.from({ length: 60_000 }, (_, i) => i % 7 === 0 ? UNKNOWN : i % 2),
    scores: Float64Array.from({ length: 60_000 }, (_, i) => Math.sin(i)),
  };
  const pieces = [...predictionsCsvPieces(many)];
  assert(pieces.length > 5);
  assert.equal(pieces.join(""), predictionsCsv(many));
  const header = pieces[0]!.slice(0, pieces[0]!.indexOf("\n") + 1);
  assert.equal(header + [...predictionsCsvPieces(many, { header: false })].join(""), pieces.join(""));
  await withFile("predictions.csv", "", async (file) => {
    await Deno.writeTextFile(file, pieces.join(""));
    assert.deepEqual(await readPredictions(file), many);
    let [read, count] = [0, 0];
    for await (const piece of readPredictionsPieces(file)) {
      count++;
      assert.equal(piece.images[0], `${read}.png`);
      read += piece.images.length;
    }
    assert.equal(read, 30_000);
    assert(count > 1);
  });
});
