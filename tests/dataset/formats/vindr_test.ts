import assert from "node:assert/strict";
import { join } from "node:path";
import { PLAIN_SOURCE } from "../../../lib/dataset/data_set.ts";
import { openDataSet } from "../../../lib/dataset/open_data_set.ts";
import { readImage } from "../../../lib/dataset/read_image.ts";
import { temporaryFolder } from "../../_folders.ts";

const FIXTURES = join(import.meta.dirname!, "../../fixtures/dataset");

const TABLE = `image_id,class_name,rad_id,x_min,y_min,x_max,y_max
a,Cardiomegaly,R1,2,1,8,4
a,Nodule/Mass,R2,0,0,1000000,4
b,No finding,R1,,,,
c,Pneumothorax,R1,4,4,8,8
`;

Deno.test("VinDr's boxes are scaled by the sizes of DICOM files where no table has them, and by none of PNGs", async () => {
  await using folder = await temporaryFolder();
  const path = (name: string) => join(folder.path, name);
  await Deno.writeTextFile(path("train.csv"), TABLE);
  await Deno.copyFile(join(FIXTURES, "dicom/implicit_12.dcm"), path("a.dicom"));
  await Deno.copyFile(join(FIXTURES, "dicom/window.dcm"), path("b.dicom"));
  await Deno.copyFile(join(FIXTURES, "png/rgb_8.png"), path("c.png"));
  const dataSet = await openDataSet({ ...PLAIN_SOURCE, data: folder.path });
  assert.equal(dataSet.format, "vindr");
  const { image: { width, height } } = await readImage(path("a.dicom"));
  assert.notEqual(width, height);
  const [x, y] = [1024 / width, 1024 / height];
  assert.deepEqual(dataSet.boxes, [
    { image: "a", label: "Cardiomegaly", x: 2 * x, y, width: 8 * x - 2 * x, height: 4 * y - y },
    { image: "a", label: "Nodule/Mass", x: 0, y: 0, width: 1024, height: 4 * y },
  ]);
  assert.match(
    dataSet.notes.join(" "),
    /The bounding boxes of 1 image are not used: train_meta\.csv .* or the images as DICOM files/,
  );
});
