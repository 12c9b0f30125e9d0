import assert from "node:assert/strict";
import { evaluate, type LabelMetrics, type Metrics } from "../../lib/evaluation/metrics.ts";
import {
  calibrationInWords,
  promisedSensitivityInWords,
  subgroupsInWords,
} from "../../lib/report/sentences.ts";
import { random } from "../../lib/support/random.ts";

const { uniform } = random(1, "sentences");
const images = Array.from({ length: 200 }, (_, image) => `${image}.png`);
const truth = Uint8Array.from({ length: 400 }, () => Number(uniform() < 0.3));
const predictions = {
  labels: ["Mass", "Pleural_Thickening"],
  images,
  patients: images,
  truth,
  scores: Float64Array.from(truth, (value) => (value + 2 * uniform()) / 3),
};
const metrics = evaluate(predictions, { validation: predictions });

function withLabels(change: (label: LabelMetrics, index: number) => Partial<LabelMetrics>): Metrics {
  return { ...metrics, labels: metrics.labels.map((label, i) => ({ ...label, ...change(label, i) })) };
}

Deno.test("sentences about calibration follow the intervals and the remedies' errors", () => {
  const errors = (of: Partial<Record<"raw" | "platt" | "isotonic" | "temperature", number>>, low: number) =>
    calibrationInWords(withLabels(({ calibration }) => ({
      expectedCalibrationErrorInterval: { low, high: 0.4 },
      calibration: Object.fromEntries(
        (["raw", "platt", "isotonic", "temperature", "unweighted"] as const).map((name) => [
          name,
          name in of ? { ...calibration.raw!, expectedCalibrationError: of[name as keyof typeof of]! } : null,
        ]),
      ) as LabelMetrics["calibration"],
    })));
  assert.equal(
    errors({ raw: 0.31, platt: 0.02, isotonic: 0.03 }, 0.25),
    "The scores of 2 of 2 findings are not calibrated probabilities: the interval of the calibration error does not begin at 0 (the " +
      "largest: Mass, 0.310 (0.250 to 0.400)). The mean error over findings is 0.310, and 0.020 after the best remedy (platt).",
  );
  assert.match(
    errors({ raw: 0.01, platt: 0.02 }, 0)!,
    /is not shown.* is 0\.010, and no remedy lowers it\.$/,
  );
  assert.match(errors({ raw: 0.01 }, 0)!, /begins at 0\.$/);
  assert.equal(errors({}, 0), null);
});

Deno.test("sentences about a promised sensitivity follow what the thresholds reach", () => {
  const reached = (values: readonly number[]) =>
    promisedSensitivityInWords(withLabels(({ operatingPoints }, i) => ({
      operatingPoints: operatingPoints.map((point) => ({
        ...point,
        confusion: {
          ...point.confusion!,
          sensitivity: { value: values[i]!, low: values[i]! - 0.1, high: values[i]! + 0.05 },
        },
      })),
    })));
  assert.equal(
    reached([0.92, 0.7]),
    "Of the thresholds that were chosen for a sensitivity of 0.9 on the validation set, 1 of 2 reach it here, and 1 is " +
      "below it by more than chance (the interval ends below it). The lowest sensitivity is 0.700 (0.600 to 0.750), for " +
      "Pleural thickening.",
  );
  assert.match(reached([0.87, 0.95])!, /1 of 2 reach it here, and 0 are below .* 0\.870 .* for Mass\.$/);
  assert.equal(promisedSensitivityInWords(evaluate(predictions)), null);
});

const noRate = { value: null, interval: null, gap: null };

Deno.test("sentences about subgroups follow the adjusted p-values", () => {
  const group = (value: string, pValue: number | null) => ({
    attribute: "view" as const,
    value,
    images: 10,
    patients: 5,
    labels: [],
    meanAuc: 0.7,
    meanAucInterval: null,
    difference: pValue === null ? null : -0.05,
    differenceInterval: pValue === null ? null : { low: -0.08, high: -0.02 },
    differencePValue: pValue,
    rates: { sensitivity: noRate, specificity: noRate, calibration: noRate },
  });
  const sentence = (...pValues: (number | null)[]) =>
    subgroupsInWords({ ...metrics, subgroups: pValues.map((pValue, i) => group(String(i), pValue)) });
  assert.equal(
    sentence(null, 0.01, 0.2),
    "With Holm's adjustment for 2 comparisons the mean AUC differs from the largest subgroup's: view 1 by -0.050 (-0.080 " +
      "to -0.020).",
  );
  assert.match(sentence(null, 0.06)!, /^No subgroup's mean AUC differs .* \(the one comparison, Holm's/);
  assert.equal(sentence(null), null);
  const missed = { difference: -0.2, interval: { low: -0.3, high: -0.1 }, pValue: 0.001 };
  const rates = {
    sensitivity: { value: 0.5, interval: null, gap: missed },
    specificity: noRate,
    calibration: noRate,
  };
  assert.equal(
    subgroupsInWords({
      ...metrics,
      subgroups: [{ ...group("AP", 0.01), rates }],
      intersections: [{ attributes: ["sex", "view"], values: ["F", "AP"], images: 9, patients: 9, rates }],
    }),
    "With Holm's adjustment for 3 comparisons the mean AUC differs from the largest subgroup's: view AP by -0.050 (-0.080 " +
      "to -0.020). Also, the mean sensitivity differs from the largest subgroup's: view AP by -0.200 (-0.300 to -0.100); " +
      "sex F and view AP by -0.200 (-0.300 to -0.100).",
  );
});
