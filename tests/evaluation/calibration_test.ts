import assert from "node:assert/strict";
import { calibration } from "../../lib/evaluation/calibration.ts";
import { applyIsotonic, fitIsotonic } from "../../lib/evaluation/isotonic.ts";
import { fitLogisticRegression, predictLogistic } from "../../lib/evaluation/logistic_regression.ts";
import { logit } from "../../lib/evaluation/logit.ts";
import { applyPlatt, fitPlatt } from "../../lib/evaluation/platt.ts";
import { recalibrate } from "../../lib/evaluation/recalibration.ts";
import { undoWeights } from "../../lib/evaluation/prior_correction.ts";
import { applyTemperature, fitTemperature } from "../../lib/evaluation/temperature.ts";
import { assertClose, readFixture } from "./_close.ts";

interface Reference {
  labels: {
    truth: number[];
    scores: number[];
    calibration: unknown;
    platt: unknown;
    temperature: number;
    isotonic: { at: number[]; probabilities: number[] };
  }[];
  regressions: {
    features: number[];
    targets: number[];
    ridge: number;
    weights: number[];
    intercept: number;
  }[];
}

const { labels, regressions } = await readFixture<Reference>("calibration.json");

Deno.test("calibration() has scikit-learn's Brier score, and numpy's bins and error", () => {
  for (const { truth, scores, calibration: expected } of labels) {
    assertClose(calibration(truth, scores), expected);
  }
});

Deno.test("calibration() is null for scores that are no probabilities, and for none", () => {
  assert.equal(calibration([0, 1], [0.5, 1.5]), null);
  assert.equal(calibration([0, 1], [0.5, NaN]), null);
  assert.equal(calibration([], []), null);
});

Deno.test("fitPlatt() is statsmodels' binomial fit to Platt's targets", () => {
  for (const { truth, scores, platt } of labels) {
    const { input, ...fit } = fitPlatt(truth, scores)!;
    assert.equal(input, "log odds");
    assertClose(fit, platt);
  }
  assertClose(applyPlatt({ input: "log odds", slope: 2, intercept: -1 }, 0.5), 1 / (1 + Math.E));
});

Deno.test("fitPlatt() fits logits as it fits their probabilities, and percent as it fits a hundredth", () => {
  for (const { truth, scores, platt } of labels) {
    const { input, ...fit } = fitPlatt(truth, scores.map(logit), { input: "score" })!;
    assert.equal(input, "score");
    assertClose(fit, platt);
    const [percent, part] = [100, 1].map((times) =>
      fitPlatt(truth, scores.map((x) => times * x), { input: "score" })!
    );
    assertClose(percent!.intercept, part!.intercept);
    for (const score of scores) {
      assertClose(applyPlatt(percent!, 100 * score), applyPlatt(part!, score));
    }
  }
});

Deno.test("recalibrate() makes probabilities of logits by Platt's scaling and isotonic regression", () => {
  for (const { truth, scores, platt } of labels) {
    const predictions = (values: number[]) => ({
      labels: ["Mass"],
      images: values.map((_, i) => `${i}.png`),
      patients: values.map((_, i) => String(i)),
      truth: Uint8Array.from(truth),
      scores: Float64Array.from(values),
    });
    const logits = predictions(scores.map(logit));
    const { temperature, labels: [label] } = recalibrate(logits, { validation: logits });
    const { raw, unweighted, temperature: heated, platt: scaled, isotonic } = label!.calibration;
    assert.deepEqual([temperature, raw, unweighted, heated], [null, null, null, null]);
    const { input: _, ...fit } = label!.platt!;
    assertClose(fit, platt);
    const asProbabilities = predictions(scores);
    const expected = recalibrate(asProbabilities, { validation: asProbabilities }).labels[0]!.calibration;
    assertClose(scaled!.brier, expected.platt!.brier);
    assertClose(isotonic!.brier, expected.isotonic!.brier);
  }
});

Deno.test("fitPlatt() also fits separated classes, and not a single class or a single score", () => {
  const { slope, intercept } = fitPlatt([0, 0, 1], [0.1, 0.2, 0.9])!;
  assert.ok(Number.isFinite(slope) && slope > 0 && Number.isFinite(intercept));
  assert.equal(fitPlatt([0, 0], [0.1, 0.2]), null);
  assert.equal(fitPlatt([0, 1], [0.5, 0.5]), null);
});

Deno.test("fitTemperature() is where scipy finds the cross-entropy's derivative to be 0", () => {
  for (const { truth, scores, temperature } of labels) {
    assertClose(fitTemperature(truth, scores)! / temperature, 1);
  }
  assertClose(applyTemperature(2, 0.8), 2 / 3);
});

Deno.test("fitTemperature() is null where scores run against the truth, or follow it without a fault", () => {
  assert.equal(fitTemperature([1, 0], [0.1, 0.9]), null);
  assert.equal(fitTemperature([0, 1], [0.1, 0.9]), null);
});

Deno.test("fitIsotonic() and applyIsotonic() are scikit-learn's", () => {
  for (const { truth, scores, isotonic: { at, probabilities } } of labels) {
    const fit = fitIsotonic(truth, scores)!;
    assertClose(at.map((score) => applyIsotonic(fit, score)), probabilities);
  }
  assert.equal(fitIsotonic([0, 0], [0.1, 0.2]), null);
});

Deno.test("undoWeights() gives back the probability that a weighted cross-entropy distorted", () => {
  const weights = { positive: 0.98, negative: 0.02 };
  for (const probability of [0, 0.001, 0.02, 0.5, 1]) {
    const loss = (score: number) =>
      -weights.positive * probability * Math.log(score) -
      weights.negative * (1 - probability) * Math.log(1 - score);
    const score = weights.positive * probability /
      (weights.positive * probability + weights.negative * (1 - probability));
    if (score > 0 && score < 1) {
      assert.ok(loss(score) < loss(score * 1.001) && loss(score) < loss(score * 0.999));
    }
    assertClose(undoWeights(score, weights), probability);
  }
});

Deno.test("fitLogisticRegression() is statsmodels' and scikit-learn's fit, with a ridge too", () => {
  for (const { features, targets, ridge, weights, intercept } of regressions) {
    const fit = fitLogisticRegression(features, targets, { ridge })!;
    assertClose([...fit.weights, fit.intercept], [...weights, intercept]);
    const row = features.slice(0, 3);
    const odds = weights.reduce((sum, weight, index) => sum + weight * row[index]!, intercept);
    assertClose(logit(predictLogistic(fit, row)), odds, 1e-9);
  }
});

Deno.test("fitLogisticRegression() is null where no weights are best, unless a ridge makes them so", () => {
  assert.equal(fitLogisticRegression([1, 2, 3, 4], [0, 0, 1, 1]), null);
  assert.equal(fitLogisticRegression([1, 1, 1], [0, 1, 1]), null);
  assert.ok(fitLogisticRegression([1, 2, 3, 4], [0, 0, 1, 1], { ridge: 0.1 }));
  assert.ok(fitLogisticRegression([1, 1, 1], [0, 1, 1], { ridge: 0.1 }));
  assert.throws(() => fitLogisticRegression([1, 2, 3], [0, 1]), RangeError);
});
