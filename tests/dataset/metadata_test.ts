import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import type { Entry } from "../../lib/dataset/entry.ts";
import { readMetadata } from "../../lib/dataset/metadata.ts";
import { InputError } from "../../lib/support/input_error.ts";
import { withFile } from "./_files.ts";
import { expected, NIH_METADATA, NIH_SAMPLE, noNih, noSample } from "./_nih.ts";

const HEADER_2017 =
  "Image Index,Finding Labels,Follow-up #,Patient ID,Patient Age,Patient Gender,View Position,OriginalImage[Width,Height],OriginalImagePixelSpacing[x,y],";
const HEADER_2020 =
  "Image Index,Finding Labels,Follow-up #,Patient ID,Patient Age,Patient Sex,View Position,OriginalImageWidth,OriginalImageHeight,OriginalImagePixelSpacing_x,OriginalImagePixelSpacing_y";
const ROW = "1_000.png,Edema|Mass,2,1,58,M,PA,2682,2749,0.143,0.143";

Deno.test("readMetadata() reads the rows of both releases", async () => {
  const entry: Entry = {
    image: "1_000.png",
    labels: ["Edema", "Mass"],
    unknown: [],
    followUp: 2,
    patient: "1",
    age: 58,
    sex: "M",
    view: "PA",
  };
  await withFile("a.csv", `${HEADER_2017}\n${ROW},\n`, async (file) => {
    assert.deepEqual(await readMetadata(file), [entry]);
  });
  await withFile("a.csv", `${HEADER_2020}\r\n${ROW}\r\n`, async (file) => {
    assert.deepEqual(await readMetadata(file), [entry]);
  });
});

Deno.test("readMetadata() orders labels by the alphabet and knows No Finding", async () => {
  const rows = [
    ROW.replace("Edema|Mass", "Mass|Edema"),
    ROW.replace("1_", "2_").replace("Edema|Mass", "No Finding"),
  ];
  await withFile("a.csv", [HEADER_2017, ...rows].join("\n"), async (file) => {
    assert.deepEqual((await readMetadata(file)).map(({ labels }) => labels), [["Edema", "Mass"], []]);
  });
});

Deno.test("readMetadata() reads ages in years and in DICOM's units, and doubts those over 120", async () => {
  const ages = {
    "0": 0,
    "058Y": 58,
    "120": 120,
    "121": null,
    "412": null,
    "011M": 0,
    "024M": 2,
    "104W": 1,
    "003D": 0,
  };
  const rows = Object.keys(ages).map((age, index) => ROW.replace("1_", `${index}_`).replace("58", age));
  await withFile("a.csv", [HEADER_2017, ...rows].join("\n"), async (file) => {
    assert.deepEqual((await readMetadata(file)).map(({ age }) => age), Object.values(ages));
  });
});

Deno.test("readMetadata() refuses what cannot be right, naming file, row and value", async () => {
  const second = ROW.replace("1_000", "1_001");
  const cases: [lines: string[], message: string][] = [
    [[], " is empty"],
    [[HEADER_2017], " has a header and no rows"],
    [
      [HEADER_2017.replace("Patient ID", "ID"), ROW],
      `, row 1: no column "Patient ID" in "${HEADER_2017.replace("Patient ID", "ID").slice(0, -1)}"`,
    ],
    [[HEADER_2017, ROW, second, ROW], ', row 4: image "1_000.png" is already in a row above'],
    [[HEADER_2017, ROW.replace("1_000.png", "")], ", row 2: no image name"],
    [[HEADER_2017, ROW, second.replace("Mass", "Masse")], ', row 3: unknown label "Masse" in "Edema|Masse"'],
    [[HEADER_2017, ROW.replace("Edema|Mass", "")], ', row 2: unknown label "" in ""'],
    [
      [HEADER_2017, ROW.replace("Edema", "No Finding")],
      ', row 2: unknown label "No Finding" in "No Finding|Mass"',
    ],
    [[HEADER_2017, ROW.replace("Edema", "Mass")], ', row 2: label "Mass" twice in "Mass|Mass"'],
    [[HEADER_2017, ROW.replace(",2,1,", ",x,1,")], ', row 2: follow-up number "x" is not a whole number'],
    [[HEADER_2017, ROW.replace(",2,1,", ",2,1.5,")], ', row 2: patient number "1.5" is not a whole number'],
    [
      [HEADER_2017, ROW.replace(",2,1,", ",2,99999999999999999,")],
      ', row 2: patient number "99999999999999999" is not a whole number',
    ],
    [[HEADER_2017, ROW.replace("58", "old")], ', row 2: patient age "old" is not a number of years'],
    [[HEADER_2017, ROW.replace("58", "")], ', row 2: patient age "" is not a number of years'],
    [[HEADER_2017, ROW.replace("58", "-3")], ', row 2: patient age "-3" is not a number of years'],
    [[HEADER_2017, ROW.replace("58", "5.5")], ', row 2: patient age "5.5" is not a number of years'],
    [[HEADER_2017, ROW.replace(",M,", ",m,")], ', row 2: sex "m" is not F or M'],
    [[HEADER_2017, ROW.replace(",PA,", ",LL,")], ', row 2: view position "LL" is not AP or PA'],
    [[HEADER_2017, "1_000.png,Mass"], ', row 2: 2 columns instead of 11: "1_000.png,Mass"'],
  ];
  for (const [lines, message] of cases) {
    await withFile("a.csv", lines.join("\n"), async (file) => {
      await assert.rejects(readMetadata(file), new InputError(file + message));
    });
  }
});

Deno.test({
  name: "readMetadata() reads the NIH's 112,120 rows as pandas does",
  ignore: noNih,
  fn: async () => checkFigures(await readMetadata(NIH_METADATA), expected.nih),
});

Deno.test({
  name: "readMetadata() reads the NIH sample as pandas does",
  ignore: noSample,
  fn: async () => checkFigures(await readMetadata(`${NIH_SAMPLE}/Data_Entry_2017.csv`), expected.sample),
});

// deno-lint-ignore no-explicit-any
function checkFigures(entries: Entry[], figures: any): void {
  const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
  assert.equal(entries.length, figures.images);
  const hash = createHash("sha256").update(entries.map(({ image }) => image).join("\n")).digest("hex");
  assert.equal(hash, figures.imagesHash);
  assert.equal(sum(entries.map(({ age }) => age!)), figures.ageSum);
  assert.equal(sum(entries.map(({ followUp }) => followUp!)), figures.followUpSum);
  assert.equal(sum(entries.map(({ labels }) => labels.length)), sum(figures.positives));
}
