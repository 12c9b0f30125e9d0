import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { PLAIN_SOURCE } from "../../../lib/dataset/data_set.ts";
import { CHEXPERT_FINDINGS } from "../../../lib/dataset/formats/chexpert.ts";
import { makeSplit } from "../../../lib/dataset/make_split.ts";
import { openDataSet } from "../../../lib/dataset/open_data_set.ts";
import { SUBSETS } from "../../../lib/dataset/split.ts";
import { temporaryFolder } from "../../_folders.ts";

const FINDINGS = [...CHEXPERT_FINDINGS].sort();
const IMAGES = ["aaa-1", "bbb-2", "ccc-3", "ddd-4"];

async function writeTables(folder: string): Promise<void> {
  const labels = (edema: string) => FINDINGS.map((finding) => finding === "Edema" ? edema : "");
  const tables = {
    chexpert: [
      `subject_id,study_id,No Finding,${FINDINGS}`,
      `10000032,50414267,,${labels("1.0")}`,
      `10000764,57375967,1.0,${labels("")}`,
      `10001000,50000001,,${labels("-1.0")}`,
    ],
    metadata: [
      "dicom_id,subject_id,study_id,PerformedProcedureStepDescription,ViewPosition,Rows,Columns",
      `${IMAGES[0]},10000032,50414267,CHEST (PA AND LAT),PA,3056,2544`,
      `${IMAGES[1]},10000032,50414267,CHEST (PA AND LAT),LATERAL,3056,2544`,
      `${IMAGES[2]},10000764,57375967,CHEST,AP,3056,2544`,
      `${IMAGES[3]},10001000,50000001,CHEST,AP,3056,2544`,
      "eee-5,10001999,50000009,CHEST,AP,3056,2544",
    ],
    split: [
      "dicom_id,study_id,subject_id,split",
      ...["train", "train", "validate", "test"].map((subset, i) => `${IMAGES[i]},0,0,${subset}`),
    ],
  };
  for (const [name, lines] of Object.entries(tables)) {
    await Deno.writeTextFile(join(folder, `mimic-cxr-2.0.0-${name}.csv`), lines.join("\n"));
  }
}

Deno.test("MIMIC-CXR-JPG joins a study's labels with its images, their patients, views, paths and split", async () => {
  await using folder = await temporaryFolder();
  await writeTables(folder.path);
  const dataSet = await openDataSet({ ...PLAIN_SOURCE, data: folder.path });
  assert.equal(dataSet.format, "mimic");
  assert.deepEqual(
    dataSet.entries.map(({ image, labels, patient, view }) => [image, labels.join(), patient, view]),
    [["aaa-1", "Edema", "10000032", "PA"], ["ccc-3", "", "10000764", "AP"], ["ddd-4", "", "10001000", "AP"]],
  );
  assert.deepEqual(dataSet.entries[1]!.unknown, ["Support Devices"]);
  assert(dataSet.entries[2]!.unknown.includes("Edema"));
  assert.deepEqual(dataSet.notes, [
    "1 image of studies without labels left out.",
    "1 lateral view left out (--views all keeps them).",
  ]);
  const split = await makeSplit(dataSet, { kind: "official", seed: 0 });
  assert.deepEqual(SUBSETS.map((subset) => split[subset].map(({ image }) => image)), [["aaa-1"], ["ccc-3"], [
    "ddd-4",
  ]]);
  const path = join(folder.path, "files/p10/p10000032/s50414267/aaa-1.jpg");
  await Deno.mkdir(dirname(path), { recursive: true });
  await Deno.writeTextFile(path, "");
  assert.deepEqual([...(await dataSet.findImages()).images], [["aaa-1", path]]);
});

Deno.test("MIMIC-CXR-JPG names the tables that are missing", async () => {
  await using folder = await temporaryFolder();
  await writeTables(folder.path);
  await Deno.remove(join(folder.path, "mimic-cxr-2.0.0-metadata.csv"));
  await assert.rejects(openDataSet({ ...PLAIN_SOURCE, data: folder.path }), {
    name: "InputError",
    message: `${folder.path}: no mimic-cxr-2.0.0-metadata.csv (or with .gz)`,
  });
});
