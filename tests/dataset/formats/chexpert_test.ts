import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { type DataSource, PLAIN_SOURCE } from "../../../lib/dataset/data_set.ts";
import { CHEXPERT_FINDINGS } from "../../../lib/dataset/formats/chexpert.ts";
import { makeSplit } from "../../../lib/dataset/make_split.ts";
import { openDataSet } from "../../../lib/dataset/open_data_set.ts";
import { SUBSETS } from "../../../lib/dataset/split.ts";
import { temporaryFolder } from "../../_folders.ts";

const HEADER = `Path,Sex,Age,Frontal/Lateral,AP/PA,No Finding,${CHEXPERT_FINDINGS}`;

/** A row of CheXpert's; its labels are those that are named, the others are empty. */
function row(path: string, labels: Partial<Record<string, string>>, about = "Female,68,Frontal,AP"): string {
  const cells = ["No Finding", ...CHEXPERT_FINDINGS].map((finding) => labels[finding] ?? "");
  return `CheXpert-v1.0-small/${path},${about},${cells}`;
}

const TRAIN = [
  row("train/patient00001/study1/view1_frontal.jpg", { Edema: "1.0", Pneumonia: "-1.0", Fracture: "0.0" }),
  row("train/patient00001/study1/view2_lateral.jpg", { Edema: "1.0" }, "Female,68,Lateral,"),
  row("train/patient00002/study1/view1_frontal.jpg", { "No Finding": "1.0" }, "Unknown,0,Frontal,PA"),
  row("train/patient00003/study2/view1_frontal.jpg", { "Pleural Effusion": "-1.0" }, "Male,40,Frontal,LL"),
];
const VALID = [row("valid/patient64541/study1/view1_frontal.jpg", { Edema: "0.0" })];

async function withChexpert(
  options: Partial<DataSource>,
  look: (open: () => ReturnType<typeof openDataSet>, folder: string) => Promise<void>,
): Promise<void> {
  await using folder = await temporaryFolder();
  const write = (name: string, rows: string[]) =>
    Deno.writeTextFile(join(folder.path, name), [HEADER, ...rows].join("\n"));
  await write("train.csv", TRAIN);
  await write("valid.csv", VALID);
  await look(() => openDataSet({ ...PLAIN_SOURCE, data: folder.path, ...options }), folder.path);
}

Deno.test("CheXpert's uncertain and unmentioned labels are unknown, and a lateral view is left out", async () => {
  await withChexpert({}, async (open) => {
    const { format, entries, findings, notes } = await open();
    assert.equal(format, "chexpert");
    assert.deepEqual(entries.map(({ image }) => image.split("/").slice(0, 2).join("/")), [
      "train/patient00001",
      "train/patient00002",
      "valid/patient64541",
    ]);
    const [first, second] = entries;
    assert.deepEqual(first!.labels, ["Edema"]);
    assert.deepEqual(first!.unknown, findings.filter((name) => name !== "Edema" && name !== "Fracture"));
    assert.deepEqual([second!.labels, second!.unknown], [[], ["Support Devices"]]);
    assert.deepEqual([second!.sex, second!.age, second!.view, second!.patient], [null, null, "PA", "2"]);
    assert.match(notes.join(), /^2 lateral views left out/);
  });
});

Deno.test("CheXpert's labels are taken for what --uncertain and --blank say", async () => {
  await withChexpert(
    { uncertain: "positive", blank: "negative", findings: ["Pneumonia", "Edema"] },
    async (open) => {
      const { entries, findings } = await open();
      assert.deepEqual(findings, ["Pneumonia", "Edema"]);
      assert.deepEqual(entries.map(({ labels }) => labels), [["Pneumonia", "Edema"], [], []]);
      assert.deepEqual(entries.flatMap(({ unknown }) => unknown), []);
    },
  );
});

Deno.test("CheXpert's own split tests on valid.csv, and images are where Path says", async () => {
  await withChexpert({ views: "all" }, async (open, folder) => {
    const dataSet = await open();
    const split = await makeSplit(dataSet, { kind: "official", seed: 0, validation: 0.3 });
    assert.equal(split.test.length, 1);
    assert.equal(SUBSETS.reduce((sum, subset) => sum + split[subset].length, 0), 5);
    for (const below of ["", "CheXpert-v1.0-small"]) {
      for (const { image } of dataSet.entries.slice(0, 2)) {
        await Deno.mkdir(dirname(join(folder, below, image)), { recursive: true });
        await Deno.writeTextFile(join(folder, below, image), "");
      }
      const { images } = await dataSet.findImages();
      assert.equal(images.size, 2);
      await Deno.remove(join(folder, below, "train"), { recursive: true });
    }
  });
});

Deno.test("CheXpert's tables are refused with all that is missing, and with row and value", async () => {
  await using folder = await temporaryFolder();
  const table = join(folder.path, "train.csv");
  const open = () => openDataSet({ ...PLAIN_SOURCE, data: folder.path });
  await Deno.writeTextFile(table, "Path,Frontal/Lateral,Sex,AP/PA,No Finding,Edema\nx,Frontal,Male,AP,,1\n");
  await assert.rejects(open(), {
    name: "InputError",
    message:
      /^.*train\.csv, row 1: no columns "Age", "Enlarged Cardiomediastinum", .*"Support Devices" in "Path,/,
  });
  await Deno.writeTextFile(table, [HEADER, TRAIN[0]!.replace("-1.0", "2")].join("\n"));
  await assert.rejects(open(), {
    name: "InputError",
    message: `${table}, row 2: Pneumonia "2" is not 1, 0, -1 or empty`,
  });
  await Deno.writeTextFile(table, [HEADER, TRAIN[0]!.replace("patient", "person")].join("\n"));
  await assert.rejects(open(), { name: "InputError", message: /row 2: path ".*" has no patient in it$/ });
});
