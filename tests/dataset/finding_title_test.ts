import assert from "node:assert/strict";
import { findingTitle } from "../../lib/dataset/finding_title.ts";

Deno.test("a finding has one spelling for people, whichever files spell it how", () => {
  const spelled = {
    Pleural_Thickening: "Pleural thickening",
    "Pleural Thickening": "Pleural thickening",
    Mass: "Mass",
    "pneumonia": "Pneumonia",
    "Enlarged_Cardiomediastinum": "Enlarged cardiomediastinum",
    "COVID_19": "COVID 19",
    "Suspected_TB": "Suspected TB",
    "": "",
  };
  for (const [file, people] of Object.entries(spelled)) assert.equal(findingTitle(file), people);
});
