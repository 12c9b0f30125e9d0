import { countLabels, type LabelCount } from "../../lib/dataset/label_counts.ts";
import { NIH_FINDINGS } from "../../lib/dataset/nih_findings.ts";
import { calibration } from "../../lib/evaluation/calibration.ts";
import { confusion } from "../../lib/evaluation/confusion.ts";
import { decisionCurve } from "../../lib/evaluation/decision_curve.ts";
import { precisionRecall } from "../../lib/evaluation/precision_recall.ts";
import { eachImageAlone } from "../../lib/evaluation/proportion.ts";
import { roc } from "../../lib/evaluation/roc.ts";
import { abstentionFigure } from "../../lib/plots/abstention.ts";
import { aucByEpochFigure } from "../../lib/plots/auc_by_epoch.ts";
import { aucByLabelFigure } from "../../lib/plots/auc_by_label.ts";
import { aucNoiseFigure } from "../../lib/plots/auc_noise.ts";
import { cohortFigure } from "../../lib/plots/cohort.ts";
import { confusionFigure } from "../../lib/plots/confusion.ts";
import { decisionCurvesFigure } from "../../lib/plots/decision_curves.ts";
import type { Figure } from "../../lib/plots/figure.ts";
import { findingPairsFigure } from "../../lib/plots/finding_pairs.ts";
import { labelBalanceFigure } from "../../lib/plots/label_balance.ts";
import { labelCountsFigure } from "../../lib/plots/label_counts.ts";
import { liveTrainingFigure } from "../../lib/plots/live_training.ts";
import { lossByEpochFigure } from "../../lib/plots/loss_by_epoch.ts";
import { mapRandomisationFigure } from "../../lib/plots/map_randomisation.ts";
import { metricByEpochFigure } from "../../lib/plots/metric_by_epoch.ts";
import { precisionRecallFigure } from "../../lib/plots/precision_recall.ts";
import { reliabilityFigure } from "../../lib/plots/reliability.ts";
import { rocByLabelFigure, rocFigure } from "../../lib/plots/roc.ts";
import { scoreHistogramsFigure } from "../../lib/plots/score_histograms.ts";
import { sharedPatientsFigure } from "../../lib/plots/shared_patients.ts";
import { subgroupAucFigure } from "../../lib/plots/subgroup_auc.ts";
import { thresholdFigure } from "../../lib/plots/threshold.ts";

/** Three labels with few images: "Hernia" has no positives, so that nothing of it is defined. */
export const SCORES = [
  {
    label: "Effusion",
    truth: [1, 0, 1, 0, 0, 1, 0, 0, 1, 0],
    scores: [0.9, 0.8, 0.7, 0.6, 0.55, 0.5, 0.3, 0.2, 0.2, 0.1],
  },
  {
    label: "Pleural_Thickening",
    truth: [0, 0, 1, 0, 0, 0, 0, 0, 1, 0],
    scores: [1, 2, 9, 3, 4, 5, 0, 6, 8, 7].map((s) => s / 10),
  },
  {
    label: "Hernia",
    truth: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    scores: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((s) => s / 10),
  },
] as const;

/** What curves and areas of `SCORES` are. The areas by hand: 15.5 of 24 pairs are right (one tie is half), and 16 of 16. */
export const CURVES = SCORES.map(({ label, truth, scores }, i) => ({
  label,
  auc: [15.5 / 24, 1, null][i]!,
  averagePrecision: [(1 + 2 / 3 + 1 / 2 + 4 / 9) / 4, 1, null][i]!,
  prevalence: [0.4, 0.2, 0][i]!,
  roc: roc(truth, scores),
  curve: precisionRecall(truth, scores),
}));

/** Three epochs of a training; Hernia has no AUC. */
export const HISTORY = [
  {
    epoch: 1,
    trainingLoss: 1.25,
    validationLoss: 1.3,
    meanAuc: 0.6,
    selectionMetric: 0.59,
    auc: [0.58, 0.62, null],
  },
  {
    epoch: 2,
    trainingLoss: 1.1,
    validationLoss: 1.15,
    meanAuc: 0.7,
    selectionMetric: 0.68,
    auc: [0.66, 0.74, null],
  },
  {
    epoch: 3,
    trainingLoss: 1.05,
    validationLoss: 1.2,
    meanAuc: null,
    selectionMetric: null,
    auc: [null, null, null],
  },
].map((row) => ({ ...row, steps: 10 * row.epoch, learningRate: 0.001 }));

/** Counts of the 14 labels: the first has 1 positive, the second 2, and so on, in a set of 200 images. */
export function made(factor: number): LabelCount[] {
  return countLabels([], NIH_FINDINGS).map(({ label }, i) => {
    const positives = factor * (i + 1);
    return { label, positives, negatives: 200 - positives, unknown: 0, prevalence: positives / 200 };
  });
}

/** One figure of each kind, by name. */
export function everyFigure(): Record<string, Figure> {
  const effusion = SCORES[0];
  const { reliability } = calibration(effusion.truth, effusion.scores)!;
  return {
    abstention: abstentionFigure([
      {
        label: "Effusion",
        points: [
          { level: 0.7, abstained: 0.1, missed: 0.25, falseAlarms: 0.2 },
          { level: 0.9, abstained: 0.6, missed: 0.1, falseAlarms: 0 },
          { level: 0.99, abstained: 1, missed: null, falseAlarms: null },
        ],
      },
      { label: "Hernia", points: [{ level: 0.7, abstained: 1, missed: null, falseAlarms: null }] },
    ]),
    auc_by_epoch: aucByEpochFigure(HISTORY, {
      labels: SCORES.map(({ label }) => label),
      chosen: 2,
      metric: "Weighted mean",
    }),
    auc_by_label: aucByLabelFigure([
      { label: "Effusion", auc: 0.6458, interval: { low: 0.6, high: 0.9 }, original: 0.7758 },
      { label: "Pleural_Thickening", auc: 1, interval: null, original: 0.6527 },
      { label: "Hernia", auc: null, original: 0.8044 },
    ]),
    auc_noise: aucNoiseFigure([
      { positives: 2, auc: 0.79, interval: { low: 0.43, high: 0.99 } },
      { positives: 50, auc: 0.801, interval: null },
    ], { truth: 0.8 }),
    cohort: cohortFigure({
      ages: [2, 0, 5],
      sex: { F: 3, M: 5, unknown: 0 },
      view: { AP: 6, PA: 2, lateral: 0, unknown: 0 },
      unknownAge: 1,
    }),
    confusion: confusionFigure(confusion(effusion.truth, effusion.scores, { threshold: 0.5 }), {
      label: "Effusion",
      threshold: 0.5,
    }),
    decision_curves: decisionCurvesFigure(
      SCORES.slice(0, 2).map(({ label, truth, scores }) => ({
        label,
        curves: [undefined, 0.1].map((prevalence) => ({
          prevalence: prevalence ?? truth.reduce<number>((sum, value) => sum + value, 0) / 10,
          points: decisionCurve({ truth, scores }, {
            patients: eachImageAlone(10),
            thresholds: [0.1, 0.3, 0.5, 0.7],
            ...(prevalence === undefined ? {} : { prevalence }),
          })!,
        })),
      })),
      { prevalences: ["as in these images", "10 %"] },
    ),
    finding_pairs: findingPairsFigure(["Edema", "Mass", "Hernia"], [[4, 1, 0], [1, 2, 0], [0, 0, 0]]),
    label_balance: labelBalanceFigure([{ name: "Training", counts: made(4) }, {
      name: "Test",
      counts: made(1),
    }]),
    label_counts: labelCountsFigure([
      { name: "Before", counts: made(4), normal: 100 },
      { name: "After", counts: made(1), normal: 20 },
    ]),
    live_training: liveTrainingFigure({
      epochs: 5,
      losses: [{ epoch: 0, loss: 2 }, { epoch: 0.5, loss: 1.5 }, { epoch: 1, loss: 1 }],
      history: HISTORY,
    }),
    loss_by_epoch: lossByEpochFigure(HISTORY, { chosen: 2 }),
    map_randomisation: mapRandomisationFigure([
      {
        name: "Grad-CAM",
        points: [
          { layers: 1, similarity: 0.4, interval: { low: 0.1, high: 0.6 } },
          { layers: 20, similarity: 0.05, interval: { low: -0.2, high: 0.3 } },
        ],
      },
      { name: "Occlusion", points: [{ layers: 20, similarity: -0.1, interval: null }] },
    ], { same: 0.5 }),
    metric_by_epoch: metricByEpochFigure([
      {
        name: "Mean AUC",
        epochs: [{ auc: 0.6, interval: { low: 0.5, high: 0.65 } }, { auc: 0.7, interval: null }],
      },
      { name: "Selection metric", epochs: [{ auc: null, interval: null }] },
    ]),
    precision_recall: precisionRecallFigure(CURVES),
    reliability: reliabilityFigure([{ name: "Raw scores", bins: reliability }]),
    roc: rocFigure(CURVES),
    roc_by_label: rocByLabelFigure(CURVES),
    score_histograms: scoreHistogramsFigure(SCORES, { bins: 5 }),
    shared_patients: sharedPatientsFigure([
      { split: "by image", images: 100, shared: 82 },
      { split: "by patient", images: 100, shared: 0 },
    ]),
    subgroup_auc: subgroupAucFigure([
      { group: "Sex: F", images: 1200, auc: 0.7, interval: { low: 0.65, high: 0.75 } },
      { group: "Sex: M", images: 3, auc: null },
    ], { overall: 0.71 }),
    threshold: thresholdFigure(effusion, { thresholds: [0.25, 0.5, 0.75], start: 0.6 }),
  };
}
