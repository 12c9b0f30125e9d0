import assert from "node:assert/strict";
import { auc } from "../../lib/evaluation/auc.ts";
import { averagePrecision } from "../../lib/evaluation/average_precision.ts";
import { type Interval, percentileInterval } from "../../lib/evaluation/interval.ts";
import { normalTail } from "../../lib/evaluation/normal_distribution.ts";
import { indexPatients } from "../../lib/evaluation/patient_index.ts";
import { resamplePatients } from "../../lib/evaluation/resample_patients.ts";
import type { LabelColumn } from "../../lib/evaluation/predictions.ts";
import { resampledAuc } from "../../lib/evaluation/resampled_auc.ts";
import { random } from "../../lib/support/random.ts";
import { assertClose, readFixture } from "./_close.ts";

interface Reference {
  bootstrap: {
    patients: number[];
    truth: number[];
    scores: number[];
    auc: [number, number];
    averagePrecision: [number, number];
    deviation: [auc: number, averagePrecision: number];
  };
}

const { bootstrap } = await readFixture<Reference>("intervals.json");
const column = {
  truth: Uint8Array.from(bootstrap.truth),
  scores: Float64Array.from(bootstrap.scores),
};

type Column = Pick<LabelColumn, "truth" | "scores">;

/** The interval of the AUC by a bootstrap over patients. */
function interval({ truth, scores }: Column, patients: ArrayLike<number>, seed: number): Interval {
  const { ofImage, count } = indexPatients(patients);
  const areas = resampledAuc({ truth, scores }, ofImage);
  const values = resamplePatients(count, (counts) => areas(counts).auc, { resamples: 400, seed });
  return percentileInterval(Float64Array.from(values))!;
}

Deno.test("indexPatients() numbers patients as they appear", () => {
  assert.deepEqual(indexPatients([7, 3, 7, 9]), { ofImage: Uint32Array.of(0, 1, 0, 2), count: 3 });
});

Deno.test("resamplePatients() draws as many patients as there are, by the seed", () => {
  const draw = (seed: number) => resamplePatients(50, (counts) => [...counts], { resamples: 20, seed });
  for (const counts of draw(1)) assert.equal(counts.reduce((sum, count) => sum + count), 50);
  assert.deepEqual(draw(1), draw(1));
  assert.notDeepEqual(draw(1), draw(2));
  assert.equal(new Set(draw(1).map(String)).size, 20);
});

Deno.test("resampledAuc() is the area of the images repeated as their patients were drawn", () => {
  const { ofImage, count } = indexPatients(bootstrap.patients);
  const areas = resampledAuc(column, ofImage);
  resamplePatients(count, (counts) => {
    const images = bootstrap.patients.flatMap((_, image) =>
      Array<number>(counts[ofImage[image]!]!).fill(image)
    );
    const truth = images.map((image) => column.truth[image]!);
    const scores = images.map((image) => column.scores[image]!);
    const { auc: area, averagePrecision: precision } = areas(counts);
    assertClose(area, auc(truth, scores));
    assertClose(precision, averagePrecision(truth, scores));
  }, { resamples: 50 });
});

Deno.test("resampledAuc() is NaN where a resample has no positives or no negatives", () => {
  const areas = resampledAuc(
    { truth: Uint8Array.of(1, 0), scores: Float64Array.of(2, 1) },
    Uint32Array.of(0, 1),
  );
  assert.deepEqual(areas(Uint16Array.of(0, 2)), { auc: NaN, averagePrecision: NaN });
  assert.deepEqual(areas(Uint16Array.of(2, 0)), { auc: NaN, averagePrecision: 1 });
  assert.deepEqual(areas(Uint16Array.of(1, 1)), { auc: 1, averagePrecision: 1 });
});

Deno.test("the bootstrap's percentiles are numpy's within Monte-Carlo error", () => {
  const { ofImage, count } = indexPatients(bootstrap.patients);
  const areas = resampledAuc(column, ofImage);
  const drawn = resamplePatients(count, areas, { resamples: 10_000 });
  (["auc", "averagePrecision"] as const).forEach((metric, index) => {
    const { low, high } = percentileInterval(Float64Array.from(drawn, (value) => value[metric]))!;
    // The standard error of a 2.5 % quantile of 10,000 normal values is .027 standard deviations.
    const tolerance = 4 * 0.027 * bootstrap.deviation[index]!;
    assert.ok(Math.abs(low - bootstrap[metric][0]) < tolerance, `${metric}: ${low}`);
    assert.ok(Math.abs(high - bootstrap[metric][1]) < tolerance, `${metric}: ${high}`);
  });
});

Deno.test("over 1,000 clustered sets the patient bootstrap holds the true AUC in 93 to 97 %, the image bootstrap does not", () => {
  const stream = random(5, "clustered sets");
  // 120 patients, 40 of them ill, with 1 to 7 images each; half of the variance belongs to the patient.
  const area = 1 - normalTail(1 / Math.SQRT2);
  const held = { patients: 0, images: 0 };
  for (let set = 0; set < 1000; set++) {
    const patients: number[] = [];
    const truth: number[] = [];
    const scores: number[] = [];
    for (let patient = 0; patient < 120; patient++) {
      const ill = Number(patient < 40);
      const level = ill + Math.SQRT1_2 * stream.normal();
      for (let images = 1 + stream.integer(7); images > 0; images--) {
        patients.push(patient);
        truth.push(ill);
        scores.push(level + Math.SQRT1_2 * stream.normal());
      }
    }
    const label = { truth: Uint8Array.from(truth), scores: Float64Array.from(scores) };
    const holds = ({ low, high }: Interval) => Number(low <= area && area <= high);
    held.patients += holds(interval(label, patients, set));
    held.images += holds(interval(label, patients.map((_, image) => image), set));
  }
  assert.ok(held.patients >= 930 && held.patients <= 970, `by patient: ${held.patients} of 1000`);
  assert.ok(held.images < 880, `by image: ${held.images} of 1000`);
});
