import assert from "node:assert/strict";
import { auc } from "../../lib/evaluation/auc.ts";
import { averagePrecision } from "../../lib/evaluation/average_precision.ts";
import { calibration } from "../../lib/evaluation/calibration.ts";
import { confusion } from "../../lib/evaluation/confusion.ts";
import { applyIsotonic, fitIsotonic } from "../../lib/evaluation/isotonic.ts";
import { evaluate } from "../../lib/evaluation/metrics.ts";
import { chooseThreshold, OPERATING_RULES } from "../../lib/evaluation/operating_points.ts";
import { fitPlatt } from "../../lib/evaluation/platt.ts";
import { precisionRecall } from "../../lib/evaluation/precision_recall.ts";
import {
  labelColumn,
  type Predictions,
  selectImages,
  withoutWeights,
} from "../../lib/evaluation/predictions.ts";
import { predictionsCsv, readPredictions } from "../../lib/evaluation/predictions_csv.ts";
import { roc } from "../../lib/evaluation/roc.ts";
import { fitTemperature } from "../../lib/evaluation/temperature.ts";
import { temporaryFolder } from "../_folders.ts";
import { assertClose, readFixture } from "./_close.ts";

interface Reference {
  weighted: {
    truth: number[];
    scores: number[];
    weights: number[];
    auc: number;
    averagePrecision: number;
    roc: { falsePositiveRate: number[]; truePositiveRate: number[] };
    precisionRecall: { precision: number[]; recall: number[] };
    brier: number;
    expectedCalibrationError: number;
    confusion: Record<"trueNegatives" | "falsePositives" | "falseNegatives" | "truePositives", number>;
    youden: number;
    platt: { slope: number; intercept: number };
    temperature: number;
    isotonic: { at: number[]; probabilities: number[] };
  };
}

const { weighted: expected } = await readFixture<Reference>("clustered_intervals.json");
const { truth, scores } = expected;
const weights = Float64Array.from(expected.weights);

/** The images of the reference as predictions of one label; two images a patient. */
const predictions: Predictions = {
  labels: ["Mass"],
  images: truth.map((_, image) => `${image}.png`),
  patients: truth.map((_, image) => String(image >> 1)),
  truth: Uint8Array.from(truth),
  scores: Float64Array.from(scores),
  weights,
};

Deno.test("weighted areas and curves are scikit-learn's with sample_weight", () => {
  assertClose(auc(truth, scores, { weights }), expected.auc);
  assertClose(averagePrecision(truth, scores, { weights }), expected.averagePrecision);
  const { falsePositiveRate, truePositiveRate } = roc(truth, scores, { weights })!;
  assertClose([...falsePositiveRate], expected.roc.falsePositiveRate);
  assertClose([...truePositiveRate], expected.roc.truePositiveRate);
  const { precision, recall } = precisionRecall(truth, scores, { weights })!;
  assertClose([...precision], expected.precisionRecall.precision);
  assertClose([...recall], expected.precisionRecall.recall);
});

Deno.test("weighted thresholds and what they do are scikit-learn's with sample_weight", () => {
  assert.equal(chooseThreshold(truth, scores, { rule: "youden", weights }), expected.youden);
  const { trueNegatives, falsePositives, falseNegatives, truePositives, ...rates } = confusion(
    truth,
    scores,
    {
      threshold: 0.4,
      weights,
    },
  );
  assertClose({ trueNegatives, falsePositives, falseNegatives, truePositives }, expected.confusion);
  assertClose(rates.specificity!.value, trueNegatives / (trueNegatives + falsePositives));
  assertClose(rates.precision!.value, truePositives / (truePositives + falsePositives));
  assertClose(rates.sensitivity!.value, truePositives / (truePositives + falseNegatives));
  const costly = chooseThreshold(truth, scores, { rule: "cost", costRatio: 1, weights })!;
  assert.ok(costly > chooseThreshold(truth, scores, { rule: "cost", costRatio: 1 })!);
});

Deno.test("weighted calibration and its remedies are scikit-learn's with sample_weight", () => {
  const { brier, expectedCalibrationError } = calibration(truth, scores, { weights })!;
  assertClose({ brier, expectedCalibrationError }, {
    brier: expected.brier,
    expectedCalibrationError: expected.expectedCalibrationError,
  });
  const { slope, intercept } = fitPlatt(truth, scores, { weights })!;
  assertClose({ slope, intercept }, expected.platt, 1e-6);
  assertClose(fitTemperature(truth, scores, { weights }), expected.temperature, 1e-6);
  const isotonic = fitIsotonic(truth, scores, { weights })!;
  assertClose(expected.isotonic.at.map((at) => applyIsotonic(isotonic, at)), expected.isotonic.probabilities);
});

Deno.test("weights of 1 change nothing", () => {
  const ones = new Float64Array(truth.length).fill(1);
  assert.equal(auc(truth, scores, { weights: ones }), auc(truth, scores));
  assert.equal(averagePrecision(truth, scores, { weights: ones }), averagePrecision(truth, scores));
  assert.deepEqual(calibration(truth, scores, { weights: ones }), calibration(truth, scores));
  for (const rule of OPERATING_RULES) {
    assert.equal(
      chooseThreshold(truth, scores, { ...rule, weights: ones }),
      chooseThreshold(truth, scores, rule),
    );
  }
});

Deno.test("predictions keep their weights through columns, choices and files", async () => {
  assert.deepEqual(labelColumn(predictions, 0).weights, weights);
  assert.deepEqual(selectImages(predictions, [3, 1]).weights, Float64Array.of(weights[3]!, weights[1]!));
  assert.equal("weights" in withoutWeights(predictions), false);
  await using folder = await temporaryFolder();
  const file = `${folder.path}/predictions.csv`;
  await Deno.writeTextFile(file, predictionsCsv(predictions));
  assert.deepEqual(await readPredictions(file), predictions);
  await Deno.writeTextFile(file, predictionsCsv(withoutWeights(predictions)));
  assert.deepEqual(await readPredictions(file), withoutWeights(predictions));
  for (const weight of ["0", "-1", "", "x"]) {
    await Deno.writeTextFile(file, `image,patient,weight,Mass,Mass_score\na.png,1,${weight},1,0.5\n`);
    await assert.rejects(readPredictions(file), {
      name: "InputError",
      message: new RegExp(`predictions.csv, row 2: weight .* is not a number above 0$`),
    });
  }
});

Deno.test("evaluate() weights every figure, and has the unweighted ones beside", () => {
  const metrics = evaluate(predictions, { validation: predictions });
  const plain = evaluate(withoutWeights(predictions), { validation: withoutWeights(predictions) });
  const [mass] = metrics.labels;
  assertClose([mass!.auc, mass!.averagePrecision], [expected.auc, expected.averagePrecision]);
  assertClose(mass!.calibration.raw!.brier, expected.brier);
  assertClose(mass!.platt!.slope, expected.platt.slope, 1e-6);
  assertClose(metrics.temperature, expected.temperature, 1e-6);
  assert.equal(mass!.operatingPoints[0]!.threshold, expected.youden);
  assert.deepEqual(metrics.weighting, {
    images: weights.filter((weight) => weight === 5).length,
    highest: 5,
  });
  const { labels, summary, averagePrecision, selectionMetric, temperature } = plain;
  assert.deepEqual(metrics.unweighted, { labels, summary, averagePrecision, selectionMetric, temperature });
  assert.deepEqual([plain.weighting, plain.unweighted], [null, null]);
  assert.ok(mass!.aucInterval!.low < mass!.auc! && mass!.auc! < mass!.aucInterval!.high);
});
