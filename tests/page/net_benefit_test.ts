import { decisionCurve } from "../../lib/evaluation/decision_curve.ts";
import { indexPatients } from "../../lib/evaluation/patient_index.ts";
import { applyPlatt, fitPlatt } from "../../lib/evaluation/platt.ts";
import { thresholdCounts } from "../../lib/evaluation/threshold_counts.ts";
import { netBenefits } from "../../lib/page/browser/net_benefit.ts";
import { assertClose, readFixture } from "../evaluation/_close.ts";

Deno.test("the page's decision curves are those of the evaluation, at any prevalence", async () => {
  const { truth, scores, patients } = await readFixture<Record<"truth" | "scores" | "patients", number[]>>(
    "decision_curves.json",
  );
  const platt = fitPlatt(truth, scores)!;
  const { thresholds, truePositives, falsePositives, positives, negatives } = thresholdCounts(truth, scores);
  const points = {
    thresholds: Float64Array.of(Infinity, ...thresholds),
    sensitivity: Float64Array.of(0, ...truePositives.map((count) => count / positives)),
    specificity: Float64Array.of(1, ...falsePositives.map((count) => 1 - count / negatives)),
  };
  const own = positives / (positives + negatives);
  const column = { truth, scores: scores.map((score) => applyPlatt(platt, score)) };
  for (const prevalence of [own, 0.01, 0.3]) {
    const expected = decisionCurve(column, { patients: indexPatients(patients), prevalence })!;
    assertClose(
      netBenefits(points, { platt, own, prevalence }),
      expected.map(({ threshold, netBenefit, treatAll }) => ({
        threshold,
        network: netBenefit / prevalence,
        all: treatAll / prevalence,
      })),
    );
  }
});
