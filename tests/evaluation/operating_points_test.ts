import assert from "node:assert/strict";
import { confusion } from "../../lib/evaluation/confusion.ts";
import { chooseThreshold, type OperatingRule } from "../../lib/evaluation/operating_points.ts";
import { assertClose, readFixture } from "./_close.ts";

interface Reference {
  truth: number[];
  scores: number[];
  chosen: [rule: OperatingRule, threshold: number | "Infinity", confusion: unknown][];
}

const references = await readFixture<Reference[]>("thresholds.json");

Deno.test("chooseThreshold() finds the best of scikit-learn's thresholds by each rule", () => {
  for (const { truth, scores, chosen } of references) {
    for (const [rule, threshold] of chosen) {
      assert.equal(chooseThreshold(truth, scores, rule), Number(threshold), JSON.stringify(rule));
    }
  }
});

Deno.test("confusion() counts as scikit-learn, with statsmodels' intervals", () => {
  for (const { truth, scores, chosen } of references) {
    for (const [, threshold, expected] of chosen) {
      assertClose(confusion(truth, scores, { threshold: Number(threshold) }), expected);
    }
  }
});

Deno.test("chooseThreshold() takes the highest of equally good thresholds, and none where nothing is gained", () => {
  assert.equal(chooseThreshold([1, 0, 1, 0], [4, 3, 2, 1], { rule: "youden" }), 4);
  assert.equal(chooseThreshold([0, 1], [2, 1], { rule: "youden" }), Infinity);
  assert.equal(chooseThreshold([0, 1], [2, 1], { rule: "cost", costRatio: 0.5 }), Infinity);
  assert.equal(chooseThreshold([0, 1], [1, 1], { rule: "f1" }), 1);
});

Deno.test("chooseThreshold() is null without positives or negatives, and refuses impossible rules", () => {
  assert.equal(chooseThreshold([0, 0], [1, 2], { rule: "youden" }), null);
  assert.equal(chooseThreshold([1, 1], [1, 2], { rule: "f1" }), null);
  for (const sensitivity of [0, 1.1, NaN]) {
    assert.throws(() => chooseThreshold([0, 1], [1, 2], { rule: "sensitivity", sensitivity }), RangeError);
  }
  for (const costRatio of [0, -1, Infinity, NaN]) {
    assert.throws(() => chooseThreshold([0, 1], [1, 2], { rule: "cost", costRatio }), RangeError);
  }
});

Deno.test("confusion() has null for proportions of nothing", () => {
  const { sensitivity, precision, specificity, f1 } = confusion([0, 0], [1, 2], { threshold: Infinity });
  assert.deepEqual([sensitivity, precision, f1], [null, null, null]);
  assert.equal(specificity!.value, 1);
});
