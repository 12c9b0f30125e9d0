import assert from "node:assert/strict";
import { join } from "node:path";
import { PLAIN_SOURCE } from "../../../lib/dataset/data_set.ts";
import { openDataSet } from "../../../lib/dataset/open_data_set.ts";
import { temporaryFolder } from "../../_folders.ts";

const HEADER = "ImageID,ImageDir,StudyDate_DICOM,PatientID,PatientBirth,PatientSex_DICOM,Projection,Labels";

Deno.test("PadChest's views are those that are known; images of others are left out and counted", async () => {
  await using folder = await temporaryFolder();
  const views = ["PA", "AP", "AP_horizontal", "COSTAL", "constructor", "__proto__"];
  await Deno.writeTextFile(
    join(folder.path, "PADCHEST_chest_x_ray_images_labels_160K_01.02.19.csv"),
    [HEADER, ...views.map((view, i) => `${i}.png,0,20140915,p${i},1930,F,${view},['nodule']`)].join("\n"),
  );
  const { entries, notes } = await openDataSet({ ...PLAIN_SOURCE, data: folder.path });
  assert.deepEqual(entries.map(({ view, age, labels }) => [view, age, labels]), [
    ["PA", 84, ["Nodule"]],
    ["AP", 84, ["Nodule"]],
    ["AP", 84, ["Nodule"]],
  ]);
  assert.match(notes.join(" "), /3 images of other views than PA, AP and lateral left out/);
});
