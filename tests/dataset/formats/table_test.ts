import assert from "node:assert/strict";
import { join } from "node:path";
import { type DataSet, type DataSource, PLAIN_SOURCE } from "../../../lib/dataset/data_set.ts";
import { makeSplit } from "../../../lib/dataset/make_split.ts";
import { openDataSet } from "../../../lib/dataset/open_data_set.ts";
import { temporaryFolder } from "../../_folders.ts";

/** Reads a table of some lines, and looks at it before its file is gone. */
async function withTable(
  lines: readonly string[],
  options: Partial<DataSource>,
  look: (dataSet: DataSet, folder: string) => void | Promise<void> = () => {},
): Promise<void> {
  await using folder = await temporaryFolder();
  const table = join(folder.path, "labels.csv");
  await Deno.writeTextFile(table, lines.join("\n") + "\n");
  await look(await openDataSet({ data: null, ...PLAIN_SOURCE, table, ...options }), folder.path);
}

async function refusalOf(lines: readonly string[], options: Partial<DataSource> = {}): Promise<string> {
  try {
    await withTable(lines, options);
  } catch (error) {
    assert.equal((error as Error).name, "InputError", String(error));
    return (error as Error).message.replace(/^.*labels\.csv/, "labels.csv");
  }
  throw new Error("The table was read");
}

const labelsOf = ({ entries }: DataSet) => entries.map(({ labels }) => labels);

Deno.test("a table of two columns has an image and a finding", async () => {
  await withTable(["image,tuberculosis", "a.png,1", "b.png,0", "c.png,"], {}, (dataSet) => {
    assert.deepEqual(dataSet.findings, ["tuberculosis"]);
    assert.equal(dataSet.title, "the table labels.csv");
    assert.equal(dataSet.hasPatients, false);
    const plain = { followUp: null, age: null, sex: null, view: null };
    assert.deepEqual(dataSet.entries, [
      { image: "a.png", labels: ["tuberculosis"], unknown: [], patient: "a.png", ...plain },
      { image: "b.png", labels: [], unknown: [], patient: "b.png", ...plain },
      { image: "c.png", labels: [], unknown: ["tuberculosis"], patient: "c.png", ...plain },
    ]);
    assert.deepEqual(dataSet.notes, [
      'Columns: image "image".',
      "Not in the table: patient, age, sex, view.",
      "Without patients, images of one may come into several sets, so a split needs --split image.",
      "Findings (a column each): tuberculosis.",
    ]);
  });
});

Deno.test("columns are found by the usual names, and labels as others write them", async () => {
  const lines = [
    "Patient ID,File Name,Age,Gender,View,Mass,Pleural effusion,Note,Weight",
    "P7,x/a.jpg,63.0,female,AP Supine,1.0,-1,odd,70",
    "P7,x/b.jpg,058Y,M,Lateral,0.0,0.0,,71",
    "P8,y/c.jpg,,unknown,pa,True,nan,,72",
  ];
  await withTable(lines, { views: "all" }, (dataSet) => {
    assert.deepEqual(dataSet.findings, ["Mass", "Pleural effusion"]);
    assert.equal(dataSet.hasPatients, true);
    const unknown = ["Pleural effusion"];
    assert.deepEqual(dataSet.entries.map(({ followUp: _, ...entry }) => entry), [
      { image: "x/a.jpg", labels: ["Mass"], unknown, patient: "P7", age: 63, sex: "F", view: "AP" },
      { image: "x/b.jpg", labels: [], unknown: [], patient: "P7", age: 58, sex: "M", view: "lateral" },
      { image: "y/c.jpg", labels: ["Mass"], unknown, patient: "P8", age: null, sex: null, view: "PA" },
    ]);
    assert.match(
      dataSet.notes.join("\n"),
      /^Columns: image "File Name", patient "Patient ID", age "Age", sex "Gender"/,
    );
  });
  await withTable(lines, {}, ({ entries, notes }) => {
    assert.deepEqual(entries.map(({ image }) => image), ["x/a.jpg", "y/c.jpg"]);
    assert.match(notes.at(-1)!, /^1 lateral view left out/);
  });
});

Deno.test("uncertain and blank labels are taken for what is said", async () => {
  const lines = ["image,A,B", "1.png,-1,0", "2.png,,1", "3.png,1,?"];
  await withTable(lines, { uncertain: "positive", blank: "negative" }, (dataSet) => {
    assert.deepEqual(labelsOf(dataSet), [["A"], ["B"], ["A", "B"]]);
    assert.deepEqual(dataSet.entries.flatMap(({ unknown }) => unknown), []);
  });
  await withTable(lines, { uncertain: "negative" }, (dataSet) => {
    assert.deepEqual(labelsOf(dataSet), [[], ["B"], ["A"]]);
    assert.deepEqual(dataSet.entries.map(({ unknown }) => unknown), [[], ["A"], []]);
  });
});

Deno.test("findings may be names in one column, with whatever separates them", async () => {
  const lines = ["image,Finding Labels", "a.png,Mass|Nodule", "b.png,No Finding", "c.png,Nodule"];
  for (const separator of ["|", ";"]) {
    await withTable(lines.map((line) => line.replace("|", separator)), {}, (dataSet) => {
      assert.deepEqual(dataSet.findings, ["Mass", "Nodule"]);
      assert.deepEqual(labelsOf(dataSet), [["Mass", "Nodule"], [], ["Nodule"]]);
      assert.match(
        dataSet.notes.at(-1)!,
        /^Findings \(names in the column "Finding Labels", separated by "[|;]"\)/,
      );
    });
  }
  await withTable(
    ["image,what", "a.png,big / small", "b.png,small"],
    { labelColumn: "what", separator: "/" },
    (dataSet) => assert.deepEqual(labelsOf(dataSet), [["big", "small"], ["small"]]),
  );
  await withTable(["id,diagnosis", "a.png,normal", "b.png,tuberculosis"], {}, (dataSet) => {
    assert.deepEqual(dataSet.findings, ["tuberculosis"]);
    assert.deepEqual(labelsOf(dataSet), [[], ["tuberculosis"]]);
  });
});

Deno.test("--findings chooses and orders, and names columns that are no labels elsewhere", async () => {
  const lines = ["image,A,B,C", "1.png,1,0,1", "2.png,0,1,1"];
  await withTable(lines, { findings: ["C", "a"] }, (dataSet) => {
    assert.deepEqual(dataSet.findings, ["C", "A"]);
    assert.deepEqual(labelsOf(dataSet), [["C", "A"], ["C"]]);
  });
  assert.match(
    await refusalOf(lines, { findings: ["A", "X", "Y"] }),
    /^labels\.csv, row 1: no column "X", "Y" \(--findings\) in "image, A, B, C"$/,
  );
});

Deno.test("a table's own split is its official one", async () => {
  const lines = [
    "image,patient,split,A",
    ...["train", "train", "val", "test"].map((part, i) => `${i}.png,p${i},${part},${i % 2}`),
  ];
  await withTable(lines, {}, async (dataSet) => {
    const split = await makeSplit(dataSet, { kind: "official", seed: 0 });
    assert.deepEqual(split.training.map(({ image }) => image), ["0.png", "1.png"]);
    assert.deepEqual(split.validation.map(({ image }) => image), ["2.png"]);
    assert.deepEqual(split.test.map(({ image }) => image), ["3.png"]);
  });
});

Deno.test("images are found at any depth, with other endings and folders", async () => {
  await withTable(["image,A", "a,1", "x/b.png,0", "c.jpg,0"], {}, async (dataSet, folder) => {
    await Deno.mkdir(join(folder, "deep", "x"), { recursive: true });
    for (const name of ["deep/a.png", "deep/x/b.png", "c.png"]) {
      await Deno.writeTextFile(join(folder, name), "");
    }
    const { images } = await dataSet.findImages();
    assert.deepEqual(
      [...images].map(([name, path]) => [name, path.slice(folder.length + 1)]),
      [["a", "deep/a.png"], ["x/b.png", "deep/x/b.png"], ["c.jpg", "c.png"]],
    );
    await Deno.mkdir(join(folder, "other"));
    await Deno.writeTextFile(join(folder, "other", "a.png"), "");
    await assert.rejects(dataSet.findImages(), { name: "InputError", message: /image "a" may be / });
  });
});

Deno.test("what is wrong with a table is said in one line, with all that is missing", async () => {
  const cases: [lines: string[], options: Partial<DataSource>, message: RegExp][] = [
    [["image,A"], {}, /^labels\.csv has a header and no rows$/],
    [
      ["picture,A", "a.png,1"],
      {},
      /^labels\.csv, row 1: no column of image names .*--image-column; it has "picture, A"$/,
    ],
    [
      ["picture,A", "a.png,1"],
      { imageColumn: "img", patientColumn: "who" },
      /row 1: no column "img" \(--image-column\); no column "who" \(--patient-column\); it has "picture, A"$/,
    ],
    [["image,Note", "a.png,odd", "b.png,even"], {}, /row 1: no column of findings: .*--label-column NAME$/],
    [["image,A", "a.png,1", "a.png,0"], {}, /^labels\.csv, row 3: image "a\.png" is already in a row above$/],
    [["image,A", ",1"], {}, /^labels\.csv, row 2: no image name$/],
    [
      ["image,A,B", "a.png,1,0", "b.png,2,0"],
      { findings: ["A"] },
      /^labels\.csv, row 3: A "2" is not 0, 1, -1 or empty$/,
    ],
    [["image,patient,A", "a.png,,1"], {}, /^labels\.csv, row 2: no patient$/],
    [["image,age,A", "a.png,old,1"], {}, /^labels\.csv, row 2: patient age "old" is not a number of years$/],
    [["image,sex,A", "a.png,?,1"], {}, /^labels\.csv, row 2: sex "\?" is not F or M$/],
    [
      ["image,split,A", "a.png,holdout,1"],
      {},
      /^labels\.csv, row 2: split "holdout" is not train, val or test$/,
    ],
    [["image;A", "a.png;1"], {}, /^labels\.csv, row 1: columns are separated by ";"/],
    [
      ["image,label", ...Array.from({ length: 101 }, (_, i) => `${i}.png,case ${i}`)],
      {},
      /^labels\.csv: column "label" has 101 different names, more than 100: is it the column of findings\?/,
    ],
  ];
  for (const [lines, options, message] of cases) assert.match(await refusalOf(lines, options), message);
});

Deno.test("a finding is not left out for one odd cell, and what is left out is said", async () => {
  const known = ["image,Mass,Nodule", "a.png,2,0", "b.png,1,0"];
  assert.equal(
    await refusalOf(known),
    'labels.csv, row 2: "Mass" has "2", which is not 0, 1, -1 or empty (--findings A,B names the columns that are ' +
      "findings, where this is none)",
  );
  await withTable(known, { findings: ["Nodule"] }, ({ findings }) => assert.deepEqual(findings, ["Nodule"]));
  const rows = Array.from({ length: 10 }, (_, i) => `${i}.png,${i === 7 ? "O" : i % 2},${i % 3},1`);
  assert.match(
    await refusalOf(["image,tuberculosis,grade,Nodule", ...rows]),
    /^labels\.csv, row 9: "tuberculosis" has "O", which is not/,
  );
  const graded = rows.map((row) => row.replace("O", "0"));
  await withTable(["image,tuberculosis,grade,Nodule", ...graded], {}, ({ findings, notes }) => {
    assert.deepEqual(findings, ["tuberculosis", "Nodule"]);
    assert.equal(notes.at(-1), 'Columns that are not read: "grade".');
  });
});
