import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import type { Entry } from "../../lib/dataset/entry.ts";
import { readMetadata } from "../../lib/dataset/metadata.ts";
import { readSplit, splitCsv } from "../../lib/dataset/split_file.ts";
import { predictionsCsv, readPredictions } from "../../lib/evaluation/predictions_csv.ts";
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

Deno.test("readMetadata() reads what other programs make of the file", async () => {
  const header = HEADER_2017.replaceAll(",", ", ");
  const row =
    "images_001\\\\images\\\\1_000.png, mass | Pleural Thickening, 2.0, 00000001.0, 58.0, M, PA, 1, 1, 1, 1";
  await withFile(
    "a.csv",
    `${header}\r${row}\r\n${
      row.replace("1_000", "2_000").replace("mass | P", "NO FINDING").replace("leural Thickening", "")
    }`,
    async (file) => {
      const [first, second] = await readMetadata(file);
      assert.deepEqual(first, {
        image: "1_000.png",
        labels: ["Mass", "Pleural_Thickening"],
        unknown: [],
        followUp: 2,
        patient: "1",
        age: 58,
        sex: "M",
        view: "PA",
      });
      assert.deepEqual([second!.image, second!.labels], ["2_000.png", []]);
    },
  );
});

Deno.test("readMetadata() refuses patients that the images' names contradict, and no others", async () => {
  const rows = (...patients: [name: string, patient: string][]) =>
    [
      HEADER_2017,
      ...patients.map(([name, patient]) => ROW.replace("1_000.png", name).replace(",2,1,", `,2,${patient},`)),
    ]
      .join("\n");
  const numbered = rows(["00000001_000.png", "1"], ["00000002_000.png", "2"], ["00000002_001.png", "3"]);
  await withFile("a.csv", numbered, async (file) => {
    await assert.rejects(
      readMetadata(file),
      new InputError(
        `${file}, row 4: by their names "00000002_000.png" (row 3) and "00000002_001.png" are of one patient, but ` +
          'Patient ID has "2" and "3": a split by patient would leak; does the column number the rows?',
      ),
    );
  });
  // Other numbers for the same patients, one patient under two, and names that are not the NIH's.
  for (
    const content of [
      rows(["00000001_000.png", "7"], ["00000001_001.png", "7"], ["00000002_000.png", "8"]),
      rows(["00000001_000.png", "7"], ["00000002_001.png", "7"]),
      rows(["00000001_000.png", "7"], ["00000001_001.png", "8"], ["mine.png", "9"]),
    ]
  ) {
    await withFile("a.csv", content, async (file) => assert((await readMetadata(file)).length > 1));
  }
});

Deno.test("patients of 16 digits and more stay the same through split and predictions", async () => {
  const patients = ["9007199254740993", "9007199254740992", "12345678901234567890"];
  const content = [
    HEADER_2017,
    ...patients.map((patient, i) => ROW.replace("1_000", `${i}_000`).replace(",2,1,", `,2,${patient},`)),
  ].join("\n");
  await withFile("a.csv", content, async (file) => {
    const entries = await readMetadata(file);
    assert.deepEqual(entries.map(({ patient }) => patient), patients);
    const split = { training: [entries[0]!], validation: [entries[1]!], test: [entries[2]!] };
    await Deno.writeTextFile(`${file}.split.csv`, splitCsv(split));
    assert.deepEqual(await readSplit(`${file}.split.csv`, entries), split);
    const predictions = {
      labels: ["Mass"],
      images: entries.map(({ image }) => image),
      patients: entries.map(({ patient }) => patient),
      truth: Uint8Array.of(0, 1, 1),
      scores: Float64Array.of(0.1, 1 / 3, 5e-324),
    };
    await Deno.writeTextFile(`${file}.predictions.csv`, predictionsCsv(predictions));
    assert.deepEqual(await readPredictions(`${file}.predictions.csv`), predictions);
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
    [
      [HEADER_2017, ROW, second.replace("Mass", "Masse")],
      ', row 3: unknown label "Masse" (Mass?) in "Edema|Masse"',
    ],
    [[HEADER_2017, ROW.replace("Edema|Mass", "")], ', row 2: unknown label "" in ""'],
    [
      [HEADER_2017, ROW.replace("Edema", "No Finding")],
      ', row 2: unknown label "No Finding" in "No Finding|Mass"',
    ],
    [[HEADER_2017, ROW.replace("Edema", "Mass")], ', row 2: label "Mass" twice in "Mass|Mass"'],
    [[HEADER_2017, ROW.replace(",2,1,", ",x,1,")], ', row 2: follow-up number "x" is not a whole number'],
    [[HEADER_2017, ROW.replace(",2,1,", ",2,1.5,")], ', row 2: patient number "1.5" is not a whole number'],
    [
      [HEADER_2017, ROW.replace(",2,1,", ",2,1.2E+15,")],
      ', row 2: patient number "1.2E+15" is not a whole number',
    ],
    [
      [HEADER_2017, "", ROW.replace("58", "x\x1b[2J")],
      ', row 3: patient age "x\\x1b[2J" is not a number of years',
    ],
    [
      [HEADER_2017, ROW.replace("Edema", "x".repeat(300))],
      `, row 2: unknown label "${"x".repeat(200)}... (300 characters)" in "${
        "x".repeat(200)
      }... (305 characters)"`,
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
