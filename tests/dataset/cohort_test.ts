import assert from "node:assert/strict";
import { describeCohort } from "../../lib/dataset/cohort.ts";
import { readMetadata } from "../../lib/dataset/metadata.ts";
import { entriesOf } from "./_files.ts";
import { expected, NIH_METADATA, noNih } from "./_nih.ts";

Deno.test("describeCohort() counts patients, visits, sexes, views and ages", () => {
  const entries = entriesOf([1, 3, 1]);
  entries[0]!.labels = ["Mass"];
  entries[0]!.sex = "M";
  entries[1]!.age = null;
  entries[2]!.age = 9;
  entries[2]!.followUp = entries[1]!.followUp;
  entries[3]!.view = "AP";
  entries[4]!.view = null;
  assert.deepEqual(describeCohort(entries), {
    images: 5,
    normal: 4,
    patients: 3,
    visits: 4,
    patientsByImages: new Map([[1, 2], [3, 1]]),
    sex: { F: 4, M: 1, unknown: 0 },
    view: { AP: 1, PA: 3, lateral: 0, unknown: 1 },
    ages: [1, 0, 0, 0, 3],
    unknownAge: 1,
  });
});

Deno.test({
  name: "describeCohort() counts the NIH's patients as pandas does",
  ignore: noNih,
  fn: async () => {
    const { images, normal, patients, visits, patientsByImages, sex, view, ages } = expected.nih;
    assert.deepEqual(describeCohort(await readMetadata(NIH_METADATA)), {
      images,
      normal,
      patients,
      visits,
      patientsByImages: new Map(patientsByImages),
      sex: { ...sex, unknown: 0 },
      view: { ...view, lateral: 0, unknown: 0 },
      ages,
      unknownAge: 0,
    });
  },
});
