import assert from "node:assert/strict";
import { decisionCurve } from "../../lib/evaluation/decision_curve.ts";
import { evaluate } from "../../lib/evaluation/metrics.ts";
import { indexPatients } from "../../lib/evaluation/patient_index.ts";
import { assertClose, readFixture } from "./_close.ts";

interface Curves {
  model: number[];
  all: number[];
}

interface Reference {
  patients: number[];
  truth: number[];
  scores: number[];
  thresholds: number[];
  own: Curves;
  moved: Record<string, Curves>;
  errors: number[];
}

const reference = await readFixture<Reference>("decision_curves.json");
const { truth, scores, thresholds } = reference;
const patients = indexPatients(reference.patients);

Deno.test("net benefit is dcurves', at the images' prevalence and moved to others", () => {
  const cases = [[undefined, reference.own] as const, ...Object.entries(reference.moved)];
  for (const [prevalence, { model, all }] of cases) {
    const curve = decisionCurve({ truth, scores }, {
      patients,
      thresholds,
      ...(prevalence === undefined ? {} : { prevalence: Number(prevalence) }),
    })!;
    assertClose(curve.map(({ netBenefit }) => netBenefit), model);
    assertClose(curve.map(({ treatAll }) => treatAll), all);
    assertClose(curve.map(({ gain }) => gain), model.map((value, i) => value - Math.max(0, all[i]!)));
  }
});

Deno.test("a curve without intervals is the same but for them", () => {
  const options = { patients, thresholds, prevalence: 0.1 };
  const bare = decisionCurve({ truth, scores }, { ...options, intervals: false });
  const whole = decisionCurve({ truth, scores }, options)!;
  assert.deepEqual(bare, whole.map((point) => ({ ...point, gainInterval: null })));
});

Deno.test("the gain strays as far as resampled patients say", () => {
  const curve = decisionCurve({ truth, scores }, { patients, thresholds })!;
  let compared = 0;
  curve.forEach(({ gain, gainInterval, treatAll }, i) => {
    // Where both defaults are nearly as good, a resample's best is now the one, now the other; at 0.01 nearly all is acted on.
    if (i === 0 || Math.abs(treatAll) < 2 * reference.errors[i]!) return;
    compared++;
    const half = gainInterval!.high - gain;
    const error = half / 1.99;
    // The variance has that of one patient more of either kind in it, of some 90 that all images are worth.
    const odds = thresholds[i]! / (1 - thresholds[i]!);
    const most = Math.hypot(reference.errors[i]!, Math.hypot(1, odds) / 90);
    assert.ok(error > 0.95 * reference.errors[i]! && error < 1.05 * most, `${thresholds[i]}: ${error}`);
    assert.ok(gainInterval!.low <= gain - half + 1e-12);
  });
  assert.equal(compared, 6);
});

Deno.test("weights count images as repetition does, and half the prevalence is not the own", () => {
  const weights = Float64Array.from(truth, (_, i) => 1 + i % 3);
  const repeated = truth.flatMap((_, i) => Array<number>(1 + i % 3).fill(i));
  const own = decisionCurve({ truth, scores, weights }, { patients, thresholds })!;
  const other = decisionCurve(
    { truth: repeated.map((i) => truth[i]!), scores: repeated.map((i) => scores[i]!) },
    { patients: indexPatients(repeated.map((i) => reference.patients[i]!)), thresholds },
  )!;
  assertClose(own, other);
});

Deno.test("a decision curve is undefined without both kinds of images, and refuses what is no probability", () => {
  assert.equal(decisionCurve({ truth: [1, 1], scores: [0, 1] }, { patients: indexPatients([0, 1]) }), null);
  assert.equal(decisionCurve({ truth: [], scores: [] }, { patients: indexPatients([]) }), null);
  const few = { patients: indexPatients([0, 1]) };
  assert.equal(decisionCurve({ truth: [1, 0], scores: [0, 1] }, few)![0]!.gainInterval, null);
  assert.throws(() => decisionCurve({ truth: [1, 0], scores: [0, 2] }, few), /score 2 is no probability/);
  for (const wrong of [{ prevalence: 0 }, { prevalence: 1 }, { thresholds: [1] }, { thresholds: [NaN] }]) {
    assert.throws(() => decisionCurve({ truth: [1, 0], scores: [0, 1] }, { ...few, ...wrong }), RangeError);
  }
});

Deno.test("evaluate() curves Platt's probabilities where a validation set gives them, else the scores", () => {
  const predictions = {
    labels: ["Mass"],
    images: scores.map((_, i) => `${i}.png`),
    patients: reference.patients.map(String),
    truth: Uint8Array.from(truth),
    scores: Float64Array.from(scores),
  };
  const [raw] = evaluate(predictions).labels;
  assert.equal(raw!.decisions!.probabilities, "raw");
  assert.deepEqual(raw!.decisions!.curve, decisionCurve({ truth, scores }, { patients }));
  assert.equal(
    evaluate(predictions, { validation: predictions }).labels[0]!.decisions!.probabilities,
    "platt",
  );
  const logits = { ...predictions, scores: predictions.scores.map((score) => 5 * score - 1) };
  assert.equal(evaluate(logits).labels[0]!.decisions, null);
  const upside = { ...predictions, scores: predictions.scores.map((score) => 1 - score) };
  assert.equal(evaluate(upside, { validation: upside }).labels[0]!.decisions!.probabilities, "raw");
});
