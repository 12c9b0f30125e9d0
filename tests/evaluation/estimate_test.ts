import assert from "node:assert/strict";
import { auc } from "../../lib/evaluation/auc.ts";
import { averagePrecision } from "../../lib/evaluation/average_precision.ts";
import { betaProbability, betaQuantile } from "../../lib/evaluation/beta_distribution.ts";
import { calibration } from "../../lib/evaluation/calibration.ts";
import { differenceOf, type Estimate, intervalOf, meanOfEstimates } from "../../lib/evaluation/estimate.ts";
import { estimateAuc } from "../../lib/evaluation/estimate_auc.ts";
import { estimateAveragePrecision } from "../../lib/evaluation/estimate_average_precision.ts";
import { estimateCalibration } from "../../lib/evaluation/estimate_calibration.ts";
import { estimateMean } from "../../lib/evaluation/estimate_mean.ts";
import { indexPatients, patientsOf } from "../../lib/evaluation/patient_index.ts";
import { eachImageAlone, proportionOf } from "../../lib/evaluation/proportion.ts";
import { studentQuantile, studentTail } from "../../lib/evaluation/student_t.ts";
import { random } from "../../lib/support/random.ts";
import { assertClose, readFixture } from "./_close.ts";

interface Clustered {
  patients: number[];
  truth: number[];
  scores: number[];
  others: number[];
  weights: number[] | null;
  auc: number;
  aucOther: number;
  variance: number;
  varianceOther: number;
  covariance: number;
  averagePrecision: number;
  precisionInfluence: number[];
}

interface Reference {
  studentTails: [t: number, degrees: number, probability: number][];
  studentQuantiles: [probability: number, degrees: number, t: number][];
  betaQuantiles: [probability: number, a: number, b: number, x: number][];
  proportions: { successes: number; trials: number; level: number; low: number; high: number }[];
  clustered: Clustered[];
}

const reference = await readFixture<Reference>("clustered_intervals.json");

function of({ truth, weights }: Clustered, scores: number[]) {
  return { truth, scores, weights: weights ? Float64Array.from(weights) : undefined };
}

/** Images with scores, of which every `every` are of one patient. */
function sample(images: number, { positives, every = 1, apart = 1 }: {
  positives: number;
  every?: number;
  apart?: number;
}) {
  const { normal } = random("sample", images, positives, every);
  const truth = Uint8Array.from({ length: images }, (_, image) => Number(image < positives));
  const scores = Float64Array.from(truth, (value) => apart * value + normal());
  return { truth, scores, index: indexPatients(Array.from(truth, (_, image) => Math.floor(image / every))) };
}

const sumOfSquares = (values: Float64Array) => values.reduce((sum, value) => sum + value * value, 0);

Deno.test("studentTail(), studentQuantile() and betaQuantile() are scipy's", () => {
  for (const [t, degrees, probability] of reference.studentTails) {
    assertClose(studentTail(t, degrees) / probability, 1, 1e-10);
  }
  for (const [probability, degrees, t] of reference.studentQuantiles) {
    assertClose(studentQuantile(probability, degrees), t, 1e-10);
  }
  for (const [probability, a, b, x] of reference.betaQuantiles) {
    assertClose(betaQuantile(probability, a, b) / x, 1, 1e-10);
  }
  assert.deepEqual([betaProbability(0, 2, 3), betaProbability(1, 2, 3)], [0, 1]);
});

Deno.test("estimateAuc() has Obuchowski's variance, which is DeLong's where each patient has one image", () => {
  for (const each of reference.clustered) {
    const index = indexPatients(each.patients);
    const first = estimateAuc(of(each, each.scores), index)!;
    const second = estimateAuc(of(each, each.others), index)!;
    assertClose([first.value, second.value], [each.auc, each.aucOther]);
    assertClose([first.variance, second.variance], [each.variance, each.varianceOther]);
    assertClose(first.value, auc(each.truth, each.scores, of(each, each.scores)));
  }
});

Deno.test("estimateAuc() has the error that is published for the ratings of Hanley and McNeil (1982)", () => {
  // Table I of the paper: five ratings of 58 normal and 51 abnormal cases. Stata's manual, [R] roctab, prints
  // the area .8932 and its standard error .0307 by DeLong's method.
  const ratings = [[33, 3], [6, 2], [6, 2], [11, 11], [2, 33]] as const;
  const truth = ratings.flatMap(([normal, abnormal]) => [
    ...Array<number>(normal).fill(0),
    ...Array<number>(abnormal).fill(1),
  ]);
  const scores = ratings.flatMap(([normal, abnormal], rating) =>
    Array<number>(normal + abnormal).fill(rating)
  );
  const { value, variance } = estimateAuc({ truth, scores }, eachImageAlone(109))!;
  assert.equal(value.toFixed(4), "0.8932");
  assert.equal(Math.sqrt(variance).toFixed(4), "0.0307");
});

Deno.test("the influences of two AUCs on the same patients have their covariance", () => {
  for (const each of reference.clustered) {
    const index = indexPatients(each.patients);
    const [first, second] = [each.scores, each.others].map((scores) => estimateAuc(of(each, scores), index)!);
    const covariance = first!.influence.reduce((sum, own, i) => sum + own * second!.influence[i]!, 0);
    assert.ok(Math.abs(covariance - each.covariance) < 0.03 * Math.abs(each.variance));
  }
});

Deno.test("estimateAveragePrecision() moves with its patients' weights as scikit-learn's figure does", () => {
  for (const each of reference.clustered) {
    const index = indexPatients(each.patients);
    const label = of(each, each.scores);
    const { value, influence } = estimateAveragePrecision(label, index)!;
    assertClose([value, averagePrecision(each.truth, each.scores, label)], [
      each.averagePrecision,
      each.averagePrecision,
    ]);
    assertClose([...influence], each.precisionInfluence, 1e-8);
  }
});

Deno.test("an AUC of 1 or 0 has an interval of some width, or none where fewer than three patients tell", () => {
  const perfect = (positives: number) => {
    const { truth, index } = sample(40, { positives });
    return intervalOf(estimateAuc({ truth, scores: truth }, index)!);
  };
  for (const positives of [1, 2, 38, 39]) assert.equal(perfect(positives), null);
  for (const positives of [3, 5, 20, 37]) {
    const { low, high } = perfect(positives)!;
    assert.ok(high === 1 && low > 0.2 && low < 0.97, `${positives}: ${low} to ${high}`);
  }
  const { truth, index } = sample(40, { positives: 5 });
  const { low, high } = intervalOf(estimateAuc({ truth, scores: truth.map((value) => 1 - value) }, index)!)!;
  assert.ok(low === 0 && high > 0.1);
  const twoPatients = sample(40, { positives: 6, every: 3 });
  assert.equal(intervalOf(estimateAuc(twoPatients, twoPatients.index)!), null);
});

Deno.test("estimateAuc() and estimateAveragePrecision() are null where the figure is undefined", () => {
  const one = { truth: [1, 1], scores: [0.2, 0.4] };
  assert.equal(estimateAuc(one, eachImageAlone(2)), null);
  assert.equal(estimateAuc({ ...one, truth: [0, 0] }, eachImageAlone(2)), null);
  assert.equal(estimateAveragePrecision({ ...one, truth: [0, 0] }, eachImageAlone(2)), null);
  assert.equal(
    intervalOf(estimateAveragePrecision({ truth: [1, 1, 1, 1], scores: [1, 2, 3, 4] }, eachImageAlone(4))!),
    null,
  );
  assert.throws(() => estimateAuc({ truth: [0, 1], scores: [NaN, 1] }, eachImageAlone(2)), RangeError);
});

Deno.test("intervals grow with the level, with fewer patients, and with images of the same patients", () => {
  const width = (estimate: Estimate, level?: number) => {
    const { low, high } = intervalOf(estimate, level === undefined ? {} : { level })!;
    return high - low;
  };
  const { index, ...label } = sample(400, { positives: 80 });
  const alone = estimateAuc(label, index)!;
  assert.ok(width(alone, 0.99) > width(alone, 0.95) && width(alone, 0.95) > width(alone, 0.5));
  const few = sample(400, { positives: 8 });
  assert.ok(width(estimateAuc(few, few.index)!) > 2 * width(alone));
  const repeated = [0, 1, 2].flatMap(() => [...index.ofImage]);
  const thrice = {
    truth: [0, 1, 2].flatMap(() => [...label.truth]),
    scores: [0, 1, 2].flatMap(() => [...label.scores]),
  };
  const clustered = estimateAuc(thrice, { ...index, ofImage: Uint32Array.from(repeated) })!;
  assertClose(clustered.variance, alone.variance, 1e-3);
  assert.ok(width(estimateAuc(thrice, eachImageAlone(1200))!) < 0.7 * width(clustered));
});

Deno.test("a weight of 2 is as good as the same image of the same patient twice", () => {
  const { truth, scores, index } = sample(60, { positives: 12, every: 2 });
  const doubled = Array.from(truth, (_, image) => image % 5 === 0 ? 2 : 1);
  const images = doubled.flatMap((times, image) => Array<number>(times).fill(image));
  const twice = {
    truth: images.map((image) => truth[image]!),
    scores: images.map((image) => scores[image]!),
  };
  const weighted = { truth, scores, weights: Float64Array.from(doubled) };
  const repeated = patientsOf(index, Uint32Array.from(images));
  for (const estimateOf of [estimateAuc, estimateAveragePrecision]) {
    assertClose(estimateOf(weighted, index)!.value, estimateOf(twice, repeated)!.value);
    assertClose([...estimateOf(weighted, index)!.influence], [...estimateOf(twice, repeated)!.influence]);
  }
});

Deno.test("meanOfEstimates() is the mean with its covariances, of most labels or with no interval", () => {
  const { truth, scores, index } = sample(300, { positives: 60, every: 2 });
  const first = estimateAuc({ truth, scores }, index)!;
  const same = meanOfEstimates([first, first, first])!;
  assertClose([same.value, same.variance], [first.value, first.variance]);
  const other = estimateAuc({ truth, scores: sample(300, { positives: 60, every: 3 }).scores }, index)!;
  const mean = meanOfEstimates([first, other])!;
  const covariance = first.influence.reduce((sum, own, i) => sum + own * other.influence[i]!, 0);
  assertClose(mean.variance, (first.variance + other.variance + 2 * covariance) / 4);
  assertClose(mean.value, (first.value + other.value) / 2);
  const single = { ...first, patients: 1 };
  assert.ok(intervalOf(meanOfEstimates([first, single])!) !== null);
  assert.equal(intervalOf(meanOfEstimates([first, single, single])!), null);
  assert.equal(meanOfEstimates([]), null);
});

Deno.test("differenceOf() is DeLong's test where patients are many, and careful where they are few", () => {
  const each = reference.clustered[0]!;
  const index = indexPatients(each.patients);
  const [first, second] = [each.scores, each.others].map((scores) => estimateAuc(of(each, scores), index)!);
  const { difference, interval, pValue } = differenceOf(first!, second!);
  const variance = each.variance + each.varianceOther - 2 * each.covariance;
  assertClose(difference, each.auc - each.aucOther);
  assert.ok((interval!.high - interval!.low) / 2 / Math.sqrt(variance) > 1.96);
  assert.ok((interval!.high - interval!.low) / 2 / Math.sqrt(variance) < 2.6);
  assert.equal(interval!.low > 0 || interval!.high < 0, pValue! < 0.05);
  assert.deepEqual(differenceOf(first!, first!), { difference: 0, interval: null, pValue: null });
});

Deno.test("a p-value of n patients is not below 2^(1 - n), and there is none of two", () => {
  const scores = (positives: number, found: number) =>
    Float64Array.from({ length: 400 }, (_, image) => image < positives ? found : (image % 97) / 97);
  const of = (positives: number, found: number) =>
    estimateAuc(
      { truth: sample(400, { positives }).truth, scores: scores(positives, found) },
      eachImageAlone(400),
    )!;
  assert.equal(differenceOf(of(2, 2), of(2, -2)).pValue, null);
  for (const positives of [3, 5, 8]) {
    const { pValue } = differenceOf(of(positives, 2), of(positives, -2));
    assert.ok(pValue! >= 2 ** (1 - positives), `${positives}: ${pValue}`);
  }
  assert.ok(differenceOf(of(60, 2), of(60, -2)).pValue! < 1e-9);
});

Deno.test("estimateCalibration() has the figures of calibration(), and allows for the error's own noise", () => {
  const { truth, scores, index } = sample(500, { positives: 90, every: 2 });
  const probabilities = scores.map((score) => 1 / (1 + Math.exp(-score)));
  const { brier, expectedCalibrationError } = estimateCalibration({ truth, scores: probabilities }, index)!;
  const expected = calibration(truth, probabilities)!;
  assertClose([brier.value, expectedCalibrationError.value], [
    expected.brier,
    expected.expectedCalibrationError,
  ]);
  assert.ok(expectedCalibrationError.optimism! > 0);
  const interval = intervalOf(expectedCalibrationError)!;
  assert.ok(interval.low < expected.expectedCalibrationError - expectedCalibrationError.optimism!);
  assert.ok(interval.high > expected.expectedCalibrationError);
});

Deno.test("an error of calibration that may be chance alone has an interval from 0, and another has not", () => {
  const { uniform } = random(4, "calibrated");
  const scores = Float64Array.from({ length: 400 }, () => uniform());
  const truth = scores.map((score) => Number(uniform() < score));
  const errorOf = (scores: Float64Array, level = 0.95) =>
    intervalOf(estimateCalibration({ truth, scores }, eachImageAlone(400))!.expectedCalibrationError, {
      level,
    })!;
  const { low, high } = errorOf(scores);
  assert.ok(low === 0 && high > 0.05);
  const raised = scores.map(Math.sqrt);
  assert.ok(errorOf(raised).low > 0.05);
  assert.ok(errorOf(raised).low > errorOf(raised, 0.999).low);
});

Deno.test("estimateMean() is a ratio of sums over patients", () => {
  const values = Float64Array.of(0.1, 0.3, 0.2, 0.8, 0.4);
  const weights = Float64Array.of(1, 1, 2, 1, 1);
  const index = indexPatients(["a", "a", "b", "c", "c"]);
  const { value, variance, influence } = estimateMean({ values, weights }, index)!;
  assertClose(value, 2 / 6);
  assertClose([...influence], [(0.4 - 2 / 3) / 6, (0.4 - 2 / 3) / 6, (1.2 - 2 / 3) / 6]);
  assertClose(variance, 1.5 * sumOfSquares(influence));
  assert.equal(
    estimateMean({ values: new Float64Array(0), weights: new Float64Array(0) }, eachImageAlone(0)),
    null,
  );
});

Deno.test("proportionOf() is Clopper's and Pearson's where each patient has one image", () => {
  for (const { successes, trials, level, low, high } of reference.proportions) {
    const images = Array.from({ length: trials }, (_, image) => image);
    const found = proportionOf(
      { images, holds: (image) => image < successes, level },
      eachImageAlone(trials),
    );
    assertClose(found, { value: successes / trials, low, high }, 1e-10);
  }
  assert.equal(proportionOf({ images: [], holds: () => true }, eachImageAlone(0)), null);
});

Deno.test("a proportion of few patients with many images is as unsure as they are", () => {
  const images = Array.from({ length: 60 }, (_, image) => image);
  const width = (patientOf: (image: number) => number, holds: (image: number) => boolean) => {
    const { low, high } = proportionOf({ images, holds }, indexPatients(images.map(patientOf)))!;
    return high - low;
  };
  const alike = width((image) => Math.floor(image / 10), (image) => image < 40);
  assert.ok(alike > 2.5 * width((image) => image, (image) => image < 40));
  assert.ok(width((image) => Math.floor(image / 10), () => true) > 0.3);
});
