import { NIH_FINDINGS } from "../../lib/dataset/nih_findings.ts";
import { confusion } from "../../lib/evaluation/confusion.ts";
import { calibration } from "../../lib/evaluation/calibration.ts";
import { scoreLocalisation } from "../../lib/evaluation/localisation.ts";
import { xray } from "../../lib/plots/pictures/overlay.ts";
import type { ReportContent } from "../../lib/report/report.ts";
import { CURVES, HISTORY, made, SCORES } from "../plots/_figures.ts";

/** A text that does harm where it is not escaped. */
export const HARMFUL =
  `</script><script>globalThis.harmed = true</script><img src=x onerror="globalThis.harmed = true"> & 'x'`;

/** What a report must have. */
export const SHORT: ReportContent = {
  title: "Predictions of another program",
  summary: "Judged without a run.",
  test: {
    images: 10,
    patients: 9,
    labels: CURVES.map(({ label, auc, roc }) => ({ label, positives: 4, negatives: 6, auc, roc })),
    mean: { auc: 0.8229 },
    median: 0.8229,
    min: 0.6458,
    max: 1,
  },
};

/** A report with everything in it, texts that do harm among it. */
export async function fullReport(): Promise<ReportContent> {
  const [{ truth, scores }] = SCORES;
  const { reliability, expectedCalibrationError, brier } = calibration(truth, scores)!;
  const parts = ["Training", "Validation", "Test"].map((name, i) => ({
    name,
    images: 200,
    patients: 60,
    normal: 90,
    counts: made(3 - i),
  }));
  return {
    ...SHORT,
    title: `A run ${HARMFUL}`,
    warnings: [`Small numbers ${HARMFUL}`],
    settings: { data: HARMFUL, epochs: 3, resume: false, config: null },
    data: { parts, notes: ["No test image shares a patient with the training part."] },
    training: {
      history: HISTORY,
      labels: SCORES.map(({ label }) => label),
      chosen: 2,
      choice: "Weighted mean",
    },
    test: {
      ...SHORT.test,
      mean: { auc: 0.8229, interval: { low: 0.7, high: 0.9 } },
      notes: ["Intervals by patient."],
      labels: CURVES.map(({ label, auc, averagePrecision, roc, curve }, i) => ({
        label,
        positives: [4, 2, 0][i]!,
        negatives: [6, 8, 10][i]!,
        auc,
        interval: i === 0 ? { low: 0.3, high: 0.9 } : null,
        averagePrecision,
        ...(i === 0 ? { averagePrecisionInterval: { low: 0.2, high: 0.95 } } : {}),
        original: [0.7758, 0.6527, 0.8044][i]!,
        roc,
        precisionRecall: curve,
        ...(auc === null ? { reason: "the test part has no image with it" } : {}),
      })),
    },
    operatingPoints: [
      {
        label: "Effusion",
        rule: "Youden",
        threshold: 0.5,
        confusion: confusion(truth, scores, { threshold: 0.5 }),
      },
      {
        label: "Mass",
        rule: "cost 1",
        threshold: Infinity,
        confusion: confusion(truth, scores, { threshold: Infinity }),
      },
    ],
    calibration: [{
      label: "Effusion",
      curves: [{ name: "raw", bins: reliability, expectedCalibrationError, brier }],
      brierInterval: { low: 0.1, high: 0.4 },
    }],
    subgroups: {
      groups: [{ group: `Sex: ${HARMFUL}`, images: 7, auc: 0.7, difference: -0.05 }],
      notes: ["Few."],
    },
    gradCam: {
      method: "Grad-CAM",
      pictures: [{ png: await xray(new Uint8Array(64), { size: 64 }), caption: `Mass\n${HARMFUL}` }],
      localisation: scoreLocalisation(
        [0, 1, 2, 3].map((patient) => ({
          label: NIH_FINDINGS[1],
          patient: String(patient),
          map: { values: Float64Array.from({ length: 64 }, (_, i) => Number(i === 0)), width: 8, height: 8 },
          boxes: [{ x: patient === 3 ? 768 : 0, y: 0, width: 256, height: 256 }],
        })),
      ),
    },
    literature: {
      testSet: "official",
      results: [
        {
          name: "CheXNet",
          year: 2017,
          split: "patient",
          imageSize: 224,
          network: "DenseNet-121",
          otherData: null,
          meanAuc: 0.8414,
          source: "a paper",
          secondary: false,
        },
        {
          name: "Wang and others",
          year: null,
          split: "official",
          imageSize: null,
          network: null,
          otherData: `ImageNet ${HARMFUL}`,
          meanAuc: 0.745,
          source: "a card",
          secondary: true,
        },
      ],
    },
  };
}
