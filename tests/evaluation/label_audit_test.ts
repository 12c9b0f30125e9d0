import assert from "node:assert/strict";
import { plainEntry } from "../../lib/dataset/entry.ts";
import { readMetadata } from "../../lib/dataset/metadata.ts";
import { type RadiologistLabels, readRadiologistLabels } from "../../lib/dataset/radiologist_labels.ts";
import { estimateKappa, kappaOf } from "../../lib/evaluation/estimate_kappa.ts";
import { aucOnBothLabels, labelAgreement } from "../../lib/evaluation/label_audit.ts";
import { indexPatients } from "../../lib/evaluation/patient_index.ts";
import { eachImageAlone } from "../../lib/evaluation/proportion.ts";
import { temporaryFolder } from "../_folders.ts";
import { NIH_METADATA, NIH_RADIOLOGISTS, noNih } from "../dataset/_nih.ts";
import { assertClose, readFixture } from "./_close.ts";

interface Reference {
  real: Record<"test" | "validation" | "all", Record<string, Record<string, number>>>;
  made: {
    patients: number[];
    seen: number[];
    labelled: number[];
    scores: number[];
    kappa: number;
    errorByImage: number;
    errorByPatient: number;
    auc: { seen: number; labelled: number };
    differenceError: number;
  };
}

const { real, made } = await readFixture<Reference>("label_audit.json");
const judgements = { first: made.seen, second: made.labelled };
const n = made.seen.length;

Deno.test("Cohen's kappa is scikit-learn's, and its error statsmodels' by image and a jackknife's by patient", () => {
  const [alone, clustered] = [eachImageAlone(n), indexPatients(made.patients)]
    .map((patients) => estimateKappa(judgements, patients)!);
  assertClose(2 * alone!.value - 1, made.kappa);
  assertClose(2 * Math.sqrt(alone!.variance * (n - 1) / n), made.errorByImage);
  assertClose(2 * Math.sqrt(clustered!.variance), made.errorByPatient, 1e-7);
  const { value, low, high } = kappaOf(judgements, indexPatients(made.patients))!;
  assertClose(value, made.kappa);
  assert.ok(low < value - 1.9 * made.errorByPatient && value + 1.9 * made.errorByPatient < high);
  assert.ok(high - low < 6 * made.errorByPatient, `${low} to ${high}`);
});

Deno.test("Cohen's kappa of perfect, opposite and constant judgements", () => {
  const alone = eachImageAlone(n);
  const perfect = kappaOf({ first: made.seen, second: made.seen }, alone)!;
  assert.deepEqual([perfect.value, perfect.high], [1, 1]);
  assert.ok(perfect.low > 0.9 && perfect.low < 1);
  const opposite = kappaOf({ first: [1, 1, 1, 0, 0, 0], second: [0, 0, 0, 1, 1, 1] }, eachImageAlone(6))!;
  assert.deepEqual([opposite.value, opposite.low], [-1, -1]);
  assert.equal(kappaOf({ first: made.seen, second: made.seen.map(() => 0) }, alone), null);
  assert.equal(kappaOf({ first: [], second: [] }, eachImageAlone(0)), null);
  assert.equal(kappaOf({ first: [1, 0, 0, 0, 0], second: [1, 0, 0, 0, 0] }, eachImageAlone(5)), null);
});

const radiologists: RadiologistLabels[] = made.seen.map((seen, i) => ({
  image: `${i}.png`,
  findings: seen ? ["Nodule or mass"] : [],
}));
const entries = made.labelled.map((labelled, i) => ({
  ...plainEntry(`${i}.png`, labelled ? [i % 2 ? "Mass" : "Nodule"] : []),
  patient: String(made.patients[i]),
}));

Deno.test("the AUC by either ground truth is scikit-learn's, and the difference strays as resampled patients say", () => {
  const predictions = {
    labels: ["Mass", "Nodule", "Effusion"],
    images: entries.map(({ image }) => image),
    patients: entries.map(({ patient }) => patient),
    truth: new Uint8Array(3 * n),
    scores: Float64Array.from({ length: 3 * n }, (_, i) => {
      const score = made.scores[Math.floor(i / 3)]!;
      return i % 3 === 2 ? 99 : i % 3 === Math.floor(i / 3) % 2 ? score : score - 1;
    }),
  };
  const unknown = { image: "other.png", findings: [] };
  const [none, mass] = aucOnBothLabels([unknown, ...radiologists], predictions, {
    entries: entries.toReversed(),
  });
  assert.deepEqual([none!.labels, none!.byLabels, none!.interval], [[], null, null]);
  assert.deepEqual([mass!.labels, mass!.images], [["Nodule", "Mass"], n]);
  assertClose(mass!.byRadiologists, made.auc.seen);
  assertClose(mass!.byLabels, made.auc.labelled);
  assertClose(mass!.difference, made.auc.seen - made.auc.labelled);
  const error = (mass!.interval!.high - mass!.interval!.low) / 2 / 1.96;
  assert.ok(error > 0.95 * made.differenceError && error < 1.3 * made.differenceError, `${error}`);
});

Deno.test("labels are set beside radiologists image by image, each label alone too", () => {
  const [, mass] = labelAgreement(radiologists, entries.toReversed());
  const both = made.seen.filter((seen, i) => seen && made.labelled[i]).length;
  assert.deepEqual([mass!.images, mass!.both], [n, both]);
  assertClose(mass!.kappa!.value, made.kappa);
  assert.deepEqual(mass!.labels.map(({ label }) => label), ["Nodule", "Mass"]);
  assert.equal(mass!.labels[0]!.images + mass!.labels[1]!.images, mass!.byLabels);
});

Deno.test({
  name: "the NIH's labels agree with the radiologists as far as scikit-learn says, in each of their sets",
  ignore: noNih,
  fn: async () => {
    const all = await readMetadata(NIH_METADATA);
    for (const set of ["test", "validation", "all"] as const) {
      const found = labelAgreement(await readRadiologistLabels(NIH_RADIOLOGISTS, { set }), all);
      for (const { finding, images, byRadiologists, byLabels, ...figures } of found) {
        const { predictiveValue, sensitivity, specificity, kappa } = figures;
        assertClose({
          ...{
            images,
            byRadiologists,
            byLabels,
            kappa: kappa!.value,
            predictiveValue: predictiveValue!.value,
          },
          ...{ sensitivity: sensitivity!.value, specificity: specificity!.value },
        }, real[set][finding]!);
      }
    }
  },
});

Deno.test("a damaged table of radiologists is refused by row", async () => {
  await using folder = await temporaryFolder();
  const file = `${folder.path}/r.csv`;
  const read = async (...rows: string[]) => {
    const header = "Image Index,Pneumothorax,Airspace opacity,Nodule or mass,Set Id";
    await Deno.writeTextFile(file, [header, ...rows, ""].join("\n"));
    return await readRadiologistLabels(file, { set: "all" });
  };
  assert.deepEqual(await read("a.png,YES,NO,NO,val"), [{ image: "a.png", findings: ["Pneumothorax"] }]);
  await assert.rejects(
    read("a.png,YES,NO,NO,test", "b.png,NO,maybe,NO,val"),
    /row 3: Airspace opacity "maybe" is not/,
  );
  for (const set of ["train", "constructor"]) {
    await assert.rejects(read(`a.png,YES,NO,NO,${set}`), RegExp(`row 2: Set Id "${set}" is not test or val`));
  }
  await assert.rejects(
    read("a.png,NO,NO,NO,val", "a.png,NO,NO,NO,val"),
    /row 3: image "a.png" is already in a row/,
  );
});

Deno.test("the interval of Cohen's kappa holds the true one as often as it says, by simulation", async () => {
  const { times, rows } = await readFixture<{ times: number; rows: { coverage: number }[] }>(
    "kappa_coverage.json",
  );
  assert.ok(times >= 4000 && rows.length === 24);
  for (const row of rows) assert.ok(row.coverage > 0.94, JSON.stringify(row));
});
