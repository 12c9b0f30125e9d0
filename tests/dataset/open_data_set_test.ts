import assert from "node:assert/strict";
import { join } from "node:path";
import { alignFindings } from "../../lib/dataset/align_findings.ts";
import { FORMATS, PLAIN_SOURCE } from "../../lib/dataset/data_set.ts";
import { FORMAT_NEEDS, openDataSet } from "../../lib/dataset/open_data_set.ts";
import { temporaryFolder } from "../_folders.ts";

const NIH_HEADER =
  "Image Index,Finding Labels,Follow-up #,Patient ID,Patient Age,Patient Gender,View Position";
const NIH =
  `${NIH_HEADER}\n00000001_000.png,Mass|Edema,0,1,58,M,PA\n00000001_001.png,No Finding,1,1,58,M,AP\n`;

async function inFolder(
  files: Record<string, string>,
  look: (folder: string) => Promise<void>,
): Promise<void> {
  await using folder = await temporaryFolder();
  for (const [name, content] of Object.entries(files)) {
    await Deno.writeTextFile(join(folder.path, name), content);
  }
  await look(folder.path);
}

Deno.test("a data set is told by its files where that is sure", async () => {
  const vindr = "image_id,rad_id,class_name,x_min,y_min,x_max,y_max\na,R1,No finding,,,,\n";
  await inFolder({ "sample_labels.csv": NIH }, async (data) => {
    assert.equal((await openDataSet({ ...PLAIN_SOURCE, data })).format, "nih");
  });
  await inFolder({ "train.csv": vindr }, async (data) => {
    assert.equal((await openDataSet({ ...PLAIN_SOURCE, data })).format, "vindr");
  });
  await inFolder({ "Data_Entry_2017.csv": NIH, "train.csv": vindr }, async (data) => {
    await assert.rejects(openDataSet({ ...PLAIN_SOURCE, data }), {
      name: "InputError",
      message: `${data}: may be nih or vindr: say which with --format`,
    });
    assert.equal((await openDataSet({ ...PLAIN_SOURCE, data, format: "vindr" })).format, "vindr");
  });
});

Deno.test("a folder that is none of them is refused with what could be meant", async () => {
  await inFolder({ "labels.csv": "image,Mass\na.png,1\n", "README.md": "" }, async (data) => {
    await assert.rejects(openDataSet({ ...PLAIN_SOURCE, data }), {
      name: "InputError",
      message:
        /^.*: not a data set that is known by its files .*; is one of labels\.csv a table of your own\? \(--table FILE --images DIR\)$/,
    });
    assert.equal((await openDataSet({ ...PLAIN_SOURCE, data, format: "table" })).format, "table");
    for (const format of FORMATS) {
      if (format === "table") continue;
      await assert.rejects(openDataSet({ ...PLAIN_SOURCE, data, format }), { name: "InputError" }, format);
    }
  });
  await assert.rejects(openDataSet({ ...PLAIN_SOURCE, data: null }), {
    name: "InputError",
    message: /--data/,
  });
  assert.deepEqual(FORMAT_NEEDS.map(({ name }) => name), [...FORMATS]);
});

Deno.test("--findings finds a finding by its name or a synonym, and says what there is", async () => {
  await inFolder({ "Data_Entry_2017.csv": NIH }, async (data) => {
    const { findings, entries } = await openDataSet({
      ...PLAIN_SOURCE,
      data,
      findings: ["pulmonary edema", "Mass"],
    });
    assert.deepEqual(findings, ["Edema", "Mass"]);
    assert.deepEqual(entries.map(({ labels }) => labels), [["Edema", "Mass"], []]);
    await assert.rejects(openDataSet({ ...PLAIN_SOURCE, data, findings: ["Tuberculosis"] }), {
      name: "InputError",
      message: /^--findings: .* has no "Tuberculosis"; it has Atelectasis, /,
    });
    await assert.rejects(openDataSet({ ...PLAIN_SOURCE, data, findings: ["Mass", "mass"] }), {
      name: "InputError",
      message: /Mass is there twice/,
    });
  });
});

Deno.test("what is said of a table changes nothing of another data set, and that is said", async () => {
  await inFolder({ "Data_Entry_2017.csv": NIH, "labels.csv": "image,Mass\na.png,1\n" }, async (data) => {
    const given = { ...PLAIN_SOURCE, images: data, patientColumn: "Patient ID" };
    assert.deepEqual((await openDataSet({ ...given, data })).notes, [
      "--images, --patient-column: said of a table (--table), so it changes nothing of NIH ChestX-ray14.",
    ]);
    assert.deepEqual((await openDataSet({ ...PLAIN_SOURCE, data })).notes, []);
    const table = { ...PLAIN_SOURCE, data: null, table: join(data, "labels.csv"), images: data };
    assert.doesNotMatch((await openDataSet(table)).notes.join(), /said of a table/);
  });
});

Deno.test("alignFindings() brings a data set to a network's findings; what it lacks is unknown", async () => {
  await inFolder({ "Data_Entry_2017.csv": NIH }, async (data) => {
    const own = await openDataSet({ ...PLAIN_SOURCE, data });
    const { dataSet, names } = alignFindings(own, ["Fracture", "Pleural Effusion", "Mass"]);
    assert.deepEqual(names, [null, "Effusion", "Mass"]);
    assert.deepEqual(dataSet.findings, ["Fracture", "Pleural Effusion", "Mass"]);
    assert.deepEqual(dataSet.entries[0]!.labels, ["Mass"]);
    assert.deepEqual(dataSet.entries.map(({ unknown }) => unknown), [["Fracture"], ["Fracture"]]);
    assert.deepEqual(dataSet.notes, [
      "Effusion is taken for Pleural Effusion.",
      "Not in the data set, so unknown: Fracture.",
    ]);
    assert.throws(() => alignFindings(own, ["Fracture"]), {
      name: "InputError",
      message: /has none of the findings Fracture/,
    });
  });
});
