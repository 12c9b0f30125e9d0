import assert from "node:assert/strict";
import { auc, aucByLabel } from "../../lib/evaluation/auc.ts";
import { averagePrecision } from "../../lib/evaluation/average_precision.ts";
import { precisionRecall } from "../../lib/evaluation/precision_recall.ts";
import { roc } from "../../lib/evaluation/roc.ts";
import { assertClose, readFixture } from "./_close.ts";

interface Curve {
  name: string;
  truth: number[];
  scores: number[];
  auc: number | null;
  averagePrecision: number | null;
  roc: { fpr: number[]; tpr: number[]; thresholds: number[] } | null;
  precisionRecall: { precision: number[]; recall: number[]; thresholds: number[] } | null;
}

const curves = await readFixture<Curve[]>("curves.json");

Deno.test("auc() and averagePrecision() are scikit-learn's, and null where they are undefined", () => {
  for (const { name, truth, scores, ...expected } of curves) {
    assertClose(auc(truth, scores), expected.auc, 1e-14, `AUC, ${name}`);
    assertClose(averagePrecision(truth, scores), expected.averagePrecision, 1e-14, `AP, ${name}`);
  }
});

Deno.test("roc() has scikit-learn's points, and starts where nothing is called positive", () => {
  for (const { name, truth, scores, ...expected } of curves) {
    const curve = roc(truth, scores);
    const points = curve && {
      fpr: [...curve.falsePositiveRate],
      tpr: [...curve.truePositiveRate],
      thresholds: [...curve.thresholds].slice(1),
    };
    assertClose(points, expected.roc, 1e-14, `ROC, ${name}`);
    if (curve) assert.equal(curve.thresholds[0], Infinity);
  }
});

Deno.test("precisionRecall() has scikit-learn's points without the one that it adds", () => {
  for (const { name, truth, scores, ...expected } of curves) {
    const curve = precisionRecall(truth, scores);
    const points = curve && {
      precision: [...curve.precision],
      recall: [...curve.recall],
      thresholds: [...curve.thresholds],
    };
    // scikit-learn leaves out thresholds below the one that reaches a recall of 1.
    const length = expected.precisionRecall?.recall.length;
    const cut = points && {
      precision: points.precision.slice(0, length),
      recall: points.recall.slice(0, length),
      thresholds: points.thresholds.slice(0, length),
    };
    assertClose(cut, expected.precisionRecall, 1e-14, `precision and recall, ${name}`);
    if (points) assert.ok(points.recall.slice(length).every((recall) => recall === 1));
  }
});

Deno.test("auc() does not change when scores are scaled, and turns to 1 - AUC when they are negated", () => {
  for (const { truth, scores } of curves) {
    const area = auc(truth, scores);
    assert.equal(auc(truth, scores.map((score) => 4 * score)), area);
    if (area !== null) assertClose(auc(truth, scores.map((score) => -score)), 1 - area, 1e-15);
  }
});

Deno.test("the curves take 112,120 images", () => {
  const scores = Float64Array.from({ length: 112_120 }, (_, index) => (index * 7919) % 112_120);
  const truth = Uint8Array.from(scores, (score, index) => Number(score + (index % 50_000) > 100_000));
  const curve = roc(truth, scores)!;
  assert.equal(curve.thresholds.length, 112_121);
  assert.equal(curve.truePositiveRate.at(-1), 1);
});

Deno.test("NaN and lengths that do not fit are refused", () => {
  assert.throws(() => auc([1, 0, 1], [0.1, NaN, 0.2]), new RangeError("The score at index 1 is NaN"));
  assert.throws(() => roc([1, 0], [0.1]), new RangeError("2 truths do not fit 1 scores"));
});

Deno.test("aucByLabel() takes each label's column", () => {
  const areas = aucByLabel({
    labels: ["Mass", "Hernia"],
    images: ["a", "b", "c"],
    patients: ["1", "2", "3"],
    truth: Uint8Array.of(1, 0, 0, 0, 0, 0),
    scores: Float64Array.of(0.5, 0.1, 0.9, 0.2, 0.3, 0.3),
  });
  assert.deepEqual(areas, [0.5, null]);
});
