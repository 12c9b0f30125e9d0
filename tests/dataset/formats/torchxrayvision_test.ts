import assert from "node:assert/strict";
import { join } from "node:path";
import { type DataSet, type FormatName, PLAIN_SOURCE } from "../../../lib/dataset/data_set.ts";
import { countLabels } from "../../../lib/dataset/label_counts.ts";
import { findFinding } from "../../../lib/dataset/label_synonyms.ts";
import { openDataSet } from "../../../lib/dataset/open_data_set.ts";
import { PROJECT } from "../../../lib/support/project.ts";
import { temporaryFolder } from "../../_folders.ts";
import { noTorchxrayvision, unpackTables } from "./_torchxrayvision.ts";

/** What tests/oracles/data_sets.py stored: images, and negatives and positives by finding, as torchxrayvision counts. */
interface Counts {
  images: number;
  patients?: number;
  boxes?: number;
  views?: Record<string, number>;
  byImage?: [number, number];
  firstMasks?: [number, number, number, number];
  findings: Record<string, [number, number]>;
}

const expected: Record<FormatName, Counts> = JSON.parse(
  await Deno.readTextFile(join(PROJECT, "tests/fixtures/dataset/data_sets.json")),
);

const TABLES = {
  nih: { "Data_Entry_2017_v2020.csv.gz": "Data_Entry_2017_v2020.csv.gz" },
  chexpert: { "chexpert_train.csv.gz": "train.csv.gz" },
  padchest: {
    "PADCHEST_chest_x_ray_images_labels_160K_01.02.19.csv.gz":
      "PADCHEST_chest_x_ray_images_labels_160K_01.02.19.csv.gz",
  },
  rsna: {
    "kaggle_stage_2_train_labels.csv.zip": "stage_2_train_labels.csv",
    "kaggle_stage_2_train_images_dicom_headers.csv.gz": "headers.csv.gz",
  },
  vindr: { "vinbigdata-train.csv.gz": "train.csv.gz" },
  siim: { "siim-pneumothorax-train-rle.csv.gz": "train-rle.csv.gz" },
} as const;

/** Opens a real table, told from its folder. */
async function open(format: keyof typeof TABLES): Promise<DataSet> {
  await using folder = await temporaryFolder();
  await unpackTables(folder.path, TABLES[format]);
  const dataSet = await openDataSet({ ...PLAIN_SOURCE, data: folder.path });
  assert.equal(dataSet.format, format);
  return dataSet;
}

/** Compares counts with torchxrayvision's, whose findings are named a little differently. */
function assertCounts({ entries, findings }: DataSet, { images, findings: theirs }: Counts): void {
  assert.equal(entries.length, images);
  const own = new Map(countLabels(entries, findings).map((count) => [count.label, count]));
  for (const [name, [negatives, positives]] of Object.entries(theirs)) {
    const count = own.get(findFinding(name, findings)!.finding)!;
    assert.deepEqual([count.negatives, count.positives], [negatives, positives], name);
    assert.equal(count.unknown, images - negatives - positives, name);
  }
}

const patientsOf = ({ entries }: DataSet) => new Set(entries.map(({ patient }) => patient)).size;
const options = { ignore: noTorchxrayvision };

Deno.test("NIH ChestX-ray14 has torchxrayvision's counts", options, async () => {
  const dataSet = await open("nih");
  assertCounts(dataSet, expected.nih);
  assert.equal(patientsOf(dataSet), expected.nih.patients);
});

Deno.test("CheXpert has torchxrayvision's counts, unknown labels and patients", options, async () => {
  const dataSet = await open("chexpert");
  assertCounts(dataSet, expected.chexpert);
  assert.equal(patientsOf(dataSet), expected.chexpert.patients);
  assert.equal(dataSet.findings.length, 13);
  const [first] = dataSet.entries;
  assert.deepEqual(first, {
    image: "train/patient00001/study1/view1_frontal.jpg",
    labels: ["Support Devices"],
    unknown: [],
    followUp: null,
    patient: "1",
    age: 68,
    sex: "F",
    view: "AP",
  });
  assert.match(dataSet.notes.join(), /^32,404 lateral views left out/);
});

Deno.test("PadChest has torchxrayvision's counts and patients", options, async () => {
  const dataSet = await open("padchest");
  assertCounts(dataSet, expected.padchest);
  assert.equal(patientsOf(dataSet), expected.padchest.patients);
});

Deno.test("the RSNA's challenge has torchxrayvision's counts, views and boxes", options, async () => {
  const dataSet = await open("rsna");
  assert.deepEqual(dataSet.findings, ["Pneumonia"]);
  const { findings: { Pneumonia }, ...counts } = expected.rsna;
  assertCounts(dataSet, { ...counts, findings: { Pneumonia: Pneumonia! } });
  assert.equal(dataSet.boxes.length, expected.rsna.boxes);
  for (const [view, images] of Object.entries(expected.rsna.views!)) {
    assert.equal(dataSet.entries.filter((entry) => entry.view === view).length, images);
  }
});

Deno.test("VinDr-CXR has torchxrayvision's counts", options, async () => {
  const dataSet = await open("vindr");
  assertCounts(dataSet, expected.vindr);
  assert.match(dataSet.notes.join(), /The bounding boxes of 4,394 images are not used: train_meta.csv/);
});

Deno.test(
  "SIIM-ACR has torchxrayvision's counts, an image once, and boxes that its masks reach over",
  options,
  async () => {
    const dataSet = await open("siim");
    const [negatives, positives] = expected.siim.byImage!;
    assertCounts(dataSet, {
      images: negatives + positives,
      findings: { Pneumothorax: [negatives, positives] },
    });
    assert.equal(dataSet.boxes.length, expected.siim.findings["Pneumothorax"]![1]);
    const sides = ["x", "y", "width", "height"] as const;
    const sums = sides.map((side) => dataSet.boxes.slice(0, 200).reduce((sum, box) => sum + box[side], 0));
    assert.deepEqual(sums, expected.siim.firstMasks);
  },
);
