import assert from "node:assert/strict";
import type { Box } from "../../lib/dataset/box.ts";
import { readBoxes } from "../../lib/dataset/boxes.ts";
import { InputError } from "../../lib/support/input_error.ts";
import { withFile } from "./_files.ts";
import { expected, NIH_BOXES, NIH_SAMPLE, noNih, noSample } from "./_nih.ts";

const HEADER = "Image Index,Finding Label,Bbox [x,y,w,h],,,";
const ROW = "1_000.png,Infiltrate,225.5,547,86.75,79";

Deno.test("readBoxes() reads positions, and the list's own name for an infiltration", async () => {
  const box: Box = { image: "1_000.png", label: "Infiltration", x: 225.5, y: 547, width: 86.75, height: 79 };
  await withFile("a.csv", `${HEADER}\n${ROW},,,\n${ROW}\n`, async (file) => {
    assert.deepEqual(await readBoxes(file), [box, box]);
  });
});

Deno.test("readBoxes() reads a list without boxes", async () => {
  await withFile("a.csv", `${HEADER}\n`, async (file) => assert.deepEqual(await readBoxes(file), []));
});

Deno.test("readBoxes() refuses what cannot be right, naming file, row and value", async () => {
  const outside = "is not inside the image (1024x1024)";
  const cases: [lines: string[], message: string][] = [
    [
      [HEADER.replace("h]", "height"), ROW],
      ', row 1: no column "h]" in "Image Index,Finding Label,Bbox [x,y,w,height"',
    ],
    [[HEADER, ROW.replace("Infiltrate", "No Finding")], ', row 2: unknown label "No Finding"'],
    [[HEADER, ROW.replace("1_000.png", "")], ", row 2: no image name"],
    [[HEADER, ROW.replace("547", "")], ', row 2: y "" is not a number'],
    [[HEADER, ROW.replace("547", "low")], ', row 2: y "low" is not a number'],
    [
      [HEADER, ROW, ROW.replace("86.75", "0")],
      `, row 3: the bounding box at 225.5,547 of 0x79 pixels ${outside}`,
    ],
    [
      [HEADER, ROW.replace("225.5", "-1")],
      `, row 2: the bounding box at -1,547 of 86.75x79 pixels ${outside}`,
    ],
    [
      [HEADER, ROW.replace("547", "1000")],
      `, row 2: the bounding box at 225.5,1000 of 86.75x79 pixels ${outside}`,
    ],
  ];
  for (const [lines, message] of cases) {
    await withFile("a.csv", lines.join("\n"), async (file) => {
      await assert.rejects(readBoxes(file), new InputError(file + message));
    });
  }
});

Deno.test({
  name: "readBoxes() reads the NIH's 984 boxes as pandas does",
  ignore: noNih,
  fn: async () => checkFigures(await readBoxes(NIH_BOXES), expected.nihBoxes),
});

Deno.test({
  name: "readBoxes() reads the NIH sample's boxes as pandas does",
  ignore: noSample,
  fn: async () => checkFigures(await readBoxes(`${NIH_SAMPLE}/BBox_List_2017.csv`), expected.sampleBoxes),
});

// deno-lint-ignore no-explicit-any
function checkFigures(boxes: Box[], figures: any): void {
  assert.equal(boxes.length, figures.count);
  for (const [label, count] of Object.entries(figures.labels)) {
    assert.equal(boxes.filter((box) => box.label === label).length, count);
  }
  for (const [index, side] of (["x", "y", "width", "height"] as const).entries()) {
    const mean = boxes.reduce((sum, box) => sum + box[side], 0) / boxes.length;
    assert(Math.abs(mean - figures.means[index]) < 1e-9, `${side}: ${mean}`);
  }
}
