import assert from "node:assert/strict";
import { findFinding, findWiderName, nearestFinding, plainName } from "../../lib/dataset/label_synonyms.ts";
import { NIH_FINDINGS } from "../../lib/dataset/nih_findings.ts";

// As the data sets' own tables spell them.
const CHEXPERT =
  ("No Finding,Enlarged Cardiomediastinum,Cardiomegaly,Lung Opacity,Lung Lesion,Edema,Consolidation," +
    "Pneumonia,Atelectasis,Pneumothorax,Pleural Effusion,Pleural Other,Fracture,Support Devices").split(",");
const MEDMNIST =
  ("atelectasis,cardiomegaly,effusion,infiltration,mass,nodule,pneumonia,pneumothorax,consolidation,edema," +
    "emphysema,fibrosis,pleural,hernia").split(",");
const VINDR =
  ("Aortic enlargement,Atelectasis,Calcification,Cardiomegaly,Consolidation,ILD,Infiltration,Lung Opacity," +
    "Nodule/Mass,Other lesion,Pleural effusion,Pleural thickening,Pneumothorax,Pulmonary fibrosis").split(
      ",",
    );
const PADCHEST =
  ("cardiomegaly,pleural effusion,pneumonia,infiltrates,laminar atelectasis,nodule,apical pleural thickening," +
    "atelectasis,consolidation,hiatal hernia,emphysema,pulmonary edema,pulmonary fibrosis,pleural thickening,pulmonary mass," +
    "mediastinal mass,pneumothorax").split(",");
const TORCHXRAYVISION =
  ("Atelectasis,Consolidation,Infiltration,Pneumothorax,Edema,Emphysema,Fibrosis,Effusion,Pneumonia," +
    "Pleural_Thickening,Cardiomegaly,Nodule,Mass,Hernia,Lung Lesion,Fracture,Lung Opacity,Enlarged Cardiomediastinum")
    .split(",");

/** The NIH's findings that names stand for, in alphabetical order. */
function meant(names: readonly string[]): (string | undefined)[] {
  return names.flatMap((name) => findFinding(name, NIH_FINDINGS)?.finding ?? []).sort();
}

Deno.test("findFinding() knows the NIH's findings by the names of other data sets", () => {
  assert.deepEqual(meant(MEDMNIST), NIH_FINDINGS);
  assert.deepEqual(meant(TORCHXRAYVISION), NIH_FINDINGS);
  assert.deepEqual(meant(CHEXPERT), [
    "Atelectasis",
    "Cardiomegaly",
    "Consolidation",
    "Edema",
    "Effusion",
    "Pneumonia",
    "Pneumothorax",
  ]);
  assert.deepEqual(meant(VINDR), [
    "Atelectasis",
    "Cardiomegaly",
    "Consolidation",
    "Effusion",
    "Fibrosis",
    "Infiltration",
    "Pleural_Thickening",
    "Pneumothorax",
  ]);
  assert.deepEqual(meant(PADCHEST), NIH_FINDINGS);
});

Deno.test("findFinding() says whose name it is, works between other data sets, and prefers their own names", () => {
  assert.deepEqual(findFinding("PLEURAL-THICKENING ", NIH_FINDINGS), {
    finding: "Pleural_Thickening",
    synonymOf: null,
  });
  assert.deepEqual(findFinding("Infiltrate", NIH_FINDINGS), {
    finding: "Infiltration",
    synonymOf: "the NIH's bounding boxes and Indiana University",
  });
  assert.deepEqual(findFinding("Effusion", CHEXPERT), {
    finding: "Pleural Effusion",
    synonymOf: "NIH ChestX-ray14",
  });
  assert.equal(
    findFinding("Pleural effusion", ["Effusion", "Pleural Effusion"])?.finding,
    "Pleural Effusion",
  );
  assert.equal(findFinding("Lung Opacity", CHEXPERT)?.finding, "Lung Opacity");
  // Which of the two is open.
  assert.equal(findFinding("infiltrates", ["Infiltrate", "Infiltration"]), null);
  assert.equal(findFinding("Fracture", NIH_FINDINGS), null);
});

Deno.test("findWiderName() knows what others take together", () => {
  assert.deepEqual(findWiderName("Nodule/Mass", NIH_FINDINGS), {
    findings: ["Mass", "Nodule"],
    synonymOf: "VinDr-CXR",
  });
  assert.equal(findWiderName("Nodule/Mass", ["Fracture"]), null);
  assert.equal(findWiderName("Mass", NIH_FINDINGS), null);
});

Deno.test("nearestFinding() knows misspelt findings, and no others", () => {
  const cases = {
    Atelectisis: "Atelectasis",
    Cardiomegally: "Cardiomegaly",
    "Plueral Efusion": "Effusion",
    Pnuemothorax: "Pneumothorax",
    Noduel: "Nodule",
    Fracture: null,
    age: null,
    "": null,
  };
  for (const [name, finding] of Object.entries(cases)) {
    assert.equal(nearestFinding(name, NIH_FINDINGS), finding, name);
  }
  assert.equal(nearestFinding("Mass", []), null);
});

Deno.test("plainName() is the same for every way to write a name", () => {
  for (
    const name of [
      "Pleural Thickening",
      "pleural__thickening",
      " PLEURAL-thickening_",
      "Pleural\u00a0Thickening",
    ]
  ) {
    assert.equal(plainName(name), "pleural_thickening");
  }
  assert.equal(plainName("Épanchement n° 1"), "épanchement_n_1");
});
