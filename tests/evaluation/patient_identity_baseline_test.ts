import assert from "node:assert/strict";
import type { NihFinding } from "../../lib/dataset/nih_findings.ts";
import type { Entry } from "../../lib/dataset/entry.ts";
import { aucByLabel } from "../../lib/evaluation/auc.ts";
import { predictFromPatient } from "../../lib/evaluation/patient_identity_baseline.ts";

function entry(patient: number, followUp: number, ...labels: NihFinding[]): Entry {
  return {
    image: `${patient}_${followUp}.png`,
    labels,
    unknown: [],
    followUp,
    patient: String(patient),
    age: 50,
    sex: "F",
    view: "PA",
  };
}

const training = [entry(1, 0, "Mass"), entry(1, 1), entry(1, 2, "Mass", "Edema"), entry(2, 0)];
const labels = ["Edema", "Mass"];

Deno.test("a known patient's score lies between his own share and the prevalence", () => {
  const predictions = predictFromPatient(training, [entry(1, 3, "Mass"), entry(2, 1)], { labels });
  // Worked by hand: the prevalences are 1/4 and 2/4; patient 1 has 1 and 2 of 3 images, patient 2 none of 1.
  assert.deepEqual([...predictions.scores], [(1 + 1 / 4) / 4, (2 + 2 / 4) / 4, (1 / 4) / 2, (2 / 4) / 2]);
  assert.deepEqual([...predictions.truth], [0, 1, 0, 0]);
  assert.deepEqual(predictions.images, ["1_3.png", "2_1.png"]);
  assert.deepEqual(predictions.patients, ["1", "2"]);
});

Deno.test("where no patient is known, every score is the prevalence and the AUC is .5", () => {
  const test = [entry(7, 0, "Mass"), entry(8, 0, "Edema"), entry(9, 0)];
  const predictions = predictFromPatient(training, test, { labels });
  assert.deepEqual([...predictions.scores], [1 / 4, 1 / 2, 1 / 4, 1 / 2, 1 / 4, 1 / 2]);
  assert.deepEqual(aucByLabel(predictions), [0.5, 0.5]);
});
