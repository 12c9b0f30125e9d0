import assert from "node:assert/strict";
import { join } from "node:path";
import { NIH_FINDINGS } from "../../lib/dataset/nih_findings.ts";
import { readMetadata } from "../../lib/dataset/metadata.ts";
import { readSplit } from "../../lib/dataset/split_file.ts";
import { aucByLabel } from "../../lib/evaluation/auc.ts";
import type { Comparison } from "../../lib/evaluation/compare.ts";
import { predictFromPatient } from "../../lib/evaluation/patient_identity_baseline.ts";
import { readPredictions } from "../../lib/evaluation/predictions_csv.ts";
import { runFolder } from "../../lib/training/run_folder.ts";
import { writeImages } from "../training/_images.ts";
import { testProject } from "./_project.ts";

Deno.test("leak trains both splits and says what the network and the patient's number have of them", async () => {
  await using project = await testProject();
  const inside = (name: string) => join(project.path, name);
  await writeImages(inside("images"), { images: 120 });
  await Deno.writeTextFile(
    inside("small.jsonc"),
    `{ "network": "resnet11v2", "imageSize": 32, "epochs": 1 }`,
  );
  const flags = ["--data", "images", "--config", "small.jsonc", "--out", "leak"];
  const { code, stdout, stderr } = await project.run("leak", flags);
  assert.equal(code, 0, stderr);
  for (const split of ["image", "patient"]) {
    const { images } = await readPredictions(runFolder(inside(`leak/${split}`)).predictions("test"));
    assert.equal(images.length, 18);
  }
  const { network, patientNumber }: Record<string, Comparison> = JSON.parse(
    await Deno.readTextFile(inside("leak/leak.json")),
  );
  assert.equal(network!.labels.length, 14);
  assert.equal(patientNumber!.mean.second, 0.5);
  const { training, test } = await readSplit(
    runFolder(inside("leak/image")).split,
    await readMetadata(inside("images/Data_Entry_2017.csv")),
  );
  const fromNumber = aucByLabel(predictFromPatient(training, test, { labels: NIH_FINDINGS }));
  assert.deepEqual(patientNumber!.labels.map(({ first }) => first), fromNumber);
  const patients = new Set(training.map(({ patient }) => patient));
  const known = test.filter(({ patient }) => patients.has(patient)).length;
  assert.match(stdout, /^mean over \d+ of 14 labels .* [+-]0\.\d{3} +(-|-?\d\.\d{3} to -?\d\.\d{3}) /m);
  assert.ok(
    stdout.includes(`Split by image, ${known} of 18 test images are of patients who are in training too.`),
  );
  assert.match(
    stdout,
    /patient-identity baseline, without a look at an image, reaches a mean AUC of 0\.\d{3} there and 0\.500 split by patient/,
  );
});
