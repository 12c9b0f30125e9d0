import assert from "node:assert/strict";
import { type Entry, UNKNOWN } from "../../lib/dataset/entry.ts";
import { aucByLabel } from "../../lib/evaluation/auc.ts";
import { predictFromMetadata, shuffleLabels } from "../../lib/evaluation/baselines.ts";
import { comparePredictions } from "../../lib/evaluation/compare.ts";
import { confusion } from "../../lib/evaluation/confusion.ts";
import { evaluate } from "../../lib/evaluation/metrics.ts";
import { predictFromPatient } from "../../lib/evaluation/patient_identity_baseline.ts";
import { labelColumn, type Predictions, selectImages } from "../../lib/evaluation/predictions.ts";
import { selectionMetric } from "../../lib/evaluation/selection_metric.ts";
import { entriesOf } from "../dataset/_files.ts";
import { assertClose, readFixture } from "./_close.ts";

/** What tests/oracles/unknown_truth.py stored. */
interface Reference {
  truth: (0 | 1 | null)[][];
  scores: number[][];
  labels: {
    positives: number;
    negatives: number;
    unknown: number;
    auc: number | null;
    averagePrecision: number;
    brier: number;
    confusion: [number, number, number, number];
  }[];
  temperature: number;
}

const reference = await readFixture<Reference>("unknown_truth.json");
const LABELS = ["Mass", "Nodule", "Edema", "Hernia"];
const predictions: Predictions = {
  labels: LABELS,
  images: reference.truth.map((_, image) => `${image}.png`),
  patients: reference.truth.map((_, image) => `patient ${Math.floor(image / 2)}`),
  truth: Uint8Array.from(reference.truth.flat(), (value) => value ?? UNKNOWN),
  scores: Float64Array.from(reference.scores.flat()),
};
const entries: Entry[] = entriesOf(reference.truth.map(() => 1)).map((entry, index) => ({
  ...entry,
  image: `${index}.png`,
  labels: LABELS.filter((_, label) => reference.truth[index]![label] === 1),
  unknown: LABELS.filter((_, label) => reference.truth[index]![label] === null),
  age: index % 3 === 0 ? null : 30 + index % 50,
  sex: (["F", "M", null] as const)[index % 3]!,
  view: (["AP", "PA", null] as const)[index % 3]!,
  followUp: index % 4 === 0 ? null : index % 2,
}));

/** Predictions of one label, of those images only whose ground truth is known. */
function knownOf(label: number): Predictions {
  const { images, truth, scores } = labelColumn(predictions, label);
  return { ...selectImages(predictions, images), labels: [LABELS[label]!], truth, scores };
}

Deno.test("every figure is scikit-learn's of the images whose ground truth is known", () => {
  const metrics = evaluate(predictions, {
    validation: predictions,
    entries,
    training: entries,
  });
  assertClose(metrics.temperature, reference.temperature, 1e-6);
  metrics.labels.forEach((label, index) => {
    const expected = reference.labels[index]!;
    const { positives, negatives, unknown, auc } = label;
    assert.deepEqual({ positives, negatives, unknown }, {
      positives: expected.positives,
      negatives: expected.negatives,
      unknown: expected.unknown,
    });
    if (expected.auc === null) {
      assert.equal(auc, null);
      assert.equal(label.note, "no positives");
      assert.equal(label.calibration.raw, null);
      return;
    }
    assertClose(auc, expected.auc);
    assertClose(label.averagePrecision, expected.averagePrecision);
    assertClose(label.calibration.raw!.brier, expected.brier);
    const { truth, scores } = labelColumn(predictions, index);
    const { truePositives, falsePositives, trueNegatives, falseNegatives } = confusion(truth, scores, {
      threshold: 0.5,
    });
    assert.deepEqual([truePositives, falsePositives, trueNegatives, falseNegatives], expected.confusion);
    const counted = label.operatingPoints[0]!.confusion!;
    assert.equal(
      counted.truePositives + counted.falsePositives + counted.trueNegatives + counted.falseNegatives,
      expected.positives + expected.negatives,
    );
  });
});

Deno.test("what is computed for a label is what its known images alone give", () => {
  const whole = evaluate(predictions, { validation: predictions });
  LABELS.slice(0, 3).forEach((_, index) => {
    const known = knownOf(index);
    const [alone] = evaluate(known, { validation: known }).labels;
    const { auc, aucInterval, averagePrecision, calibration, platt, operatingPoints } = whole.labels[index]!;
    assertClose({ auc, aucInterval, averagePrecision, platt, operatingPoints }, {
      auc: alone!.auc,
      aucInterval: alone!.aucInterval,
      averagePrecision: alone!.averagePrecision,
      platt: alone!.platt,
      operatingPoints: alone!.operatingPoints,
    });
    assert.deepEqual(calibration.isotonic, alone!.calibration.isotonic);
    assert.equal(selectionMetric(known), alone!.auc);
    assert.equal(aucByLabel(predictions)[index], alone!.auc);
  });
});

Deno.test("shuffled labels have a mean AUC of .5, however many are unknown", () => {
  const { meanAuc } = shuffleLabels(predictions, { shuffles: 400 });
  assert.ok(Math.abs(meanAuc! - 0.5) < 0.01, `${meanAuc}`);
});

Deno.test("baselines learn from known ground truth and know what metadata lacks", () => {
  const findings = ["Mass", "Hernia"];
  const scores = predictFromMetadata(entries, entries, { labels: findings });
  assert.ok(scores.every((score) => score >= 0 && score <= 1));
  const memory = predictFromPatient(entries, entries, { labels: findings });
  assert.ok(memory.scores.every(Number.isFinite));
  assert.deepEqual([...memory.truth.filter((_, index) => index % 2 === 1)], entries.map(() => UNKNOWN));
});

Deno.test("compared predictions have to be unknown of the same images", () => {
  const same = comparePredictions(predictions, predictions);
  assert.deepEqual(same.labels.map(({ difference }) => difference), [0, 0, 0, null]);
  const other = { ...predictions, truth: predictions.truth.slice() };
  const index = other.truth.indexOf(UNKNOWN);
  other.truth[index] = 1;
  assert.throws(() => comparePredictions(predictions, other), {
    name: "InputError",
    message: new RegExp(`has ${LABELS[index % 4]} unknown in one of the predictions and 1 in the other$`),
  });
});
