import assert from "node:assert/strict";
import { readMetadata } from "../../lib/dataset/metadata.ts";
import { describeSharedPatients, sharedPatients } from "../../lib/dataset/shared_patients.ts";
import { collect } from "../../lib/dataset/split.ts";
import { undersample } from "../../lib/dataset/undersample.ts";
import { entriesOf } from "./_files.ts";
import { expected, NIH_METADATA, noNih } from "./_nih.ts";

Deno.test("sharedPatients() counts images, not patients", () => {
  const [a1, a2, a3, b1, b2, c1, d1] = entriesOf([3, 2, 1, 1]);
  assert.deepEqual(
    sharedPatients({ training: [a1!, d1!], validation: [b1!], test: [a2!, a3!, b2!, c1!] }),
    { testWithTraining: 2, testWithValidation: 1, validationWithTraining: 0 },
  );
});

Deno.test("describeSharedPatients() says how many images of which sets, and nothing where there are none", () => {
  const [a1, a2, b1, c1] = entriesOf([2, 1, 1]);
  assert.equal(describeSharedPatients({ training: [a1!, a2!], validation: [b1!], test: [c1!] }), null);
  assert.equal(
    describeSharedPatients({ training: [a1!], validation: [b1!], test: [a2!, c1!] }),
    "1 of 2 test images are of patients in the training set too: patient leakage, which inflates the AUC (--split " +
      "patient has none)",
  );
});

Deno.test({
  name: "sharedPatients() counts as numpy does",
  ignore: noNih,
  fn: async () => {
    const entries = undersample(await readMetadata(NIH_METADATA), { keepNormal: 0.2 });
    const split = collect(entries, (_, index) => {
      if (index % 10 === 0) return "test";
      return index % 10 === 1 ? "validation" : "training";
    });
    assert.deepEqual(sharedPatients(split), expected.sharedPatients);
  },
});
