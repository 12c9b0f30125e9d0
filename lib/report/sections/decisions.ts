import { decisionCurve } from "../../evaluation/decision_curve.ts";
import { probabilitiesOf } from "../../evaluation/evaluators/decisions.ts";
import { indexPatients, patientsOf } from "../../evaluation/patient_index.ts";
import { labelColumn } from "../../evaluation/predictions.ts";
import { decisionCurvesFigure } from "../../plots/decision_curves.ts";
import { findingTitle } from "../../dataset/finding_title.ts";
import type { ReportContent } from "../content.ts";
import { notesOf, type Section } from "../page.ts";
import { decisionsInWords, present } from "../sentences.ts";

/** The prevalences between which the slider chooses, beside that of the images. */
const PREVALENCES = [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4];

/** The thresholds of which the table tells the gain. */
const SHOWN = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5];

/** What acting on probabilities is worth, by threshold and prevalence; null where no score may be a probability. */
export function decisionsSection({ metrics, predictions }: ReportContent): Section | null {
  const patients = indexPatients(predictions.patients);
  const labels = predictions.labels.flatMap((label, i) => {
    const { platt, decisions, positives } = metrics.labels[i]!;
    if (decisions === null) return [];
    const all = labelColumn(predictions, i);
    const { column } = probabilitiesOf(all, platt)!;
    const own = { patients: patientsOf(patients, all.images) };
    const curves = PREVALENCES.map((prevalence) => ({
      prevalence,
      points: decisionCurve(column, { ...own, prevalence, intervals: false })!,
    }));
    const [{ treatAll, threshold }] = decisions.curve as [typeof decisions.curve[number]];
    const prevalence = treatAll * (1 - threshold) + threshold;
    return [{ label, positives, decisions, curves: [{ prevalence, points: decisions.curve }, ...curves] }];
  }).toSorted((a, b) => b.positives - a.positives);
  if (labels.length === 0) return null;
  const [scaled, raw] = (["platt", "raw"] as const).map((kind) =>
    labels.filter(({ decisions }) => decisions.probabilities === kind)
  ) as [typeof labels, typeof labels];
  return {
    title: "Decisions",
    howToRead:
      "Whoever acts on a finding from a probability of 0.1 on takes nine false alarms for one finding found. At that " +
      "threshold, net benefit counts the findings found and takes off the false alarms at that price; 100 % is what a " +
      "perfect test is worth. The network is of use where its line is above both others: acting on every image, and on " +
      "none. The slider moves the probabilities to another prevalence, by Bayes' rule.",
    blocks: [
      {
        figure: decisionCurvesFigure(labels, {
          prevalences: [
            "as in these images",
            ...PREVALENCES.map((prevalence) => `${Number((100 * prevalence).toPrecision(3))} %`),
          ],
        }),
      },
      ...notesOf(present(
        decisionsInWords(metrics),
        scaled.length === 0
          ? null
          : "Probabilities are Platt's scaling of the scores, fitted on the validation set: of a finding that few of its " +
            "images have, they are as unsure as the thresholds.",
        raw.length === 0
          ? null
          : `${
            scaled.length === 0 ? "" : `Of ${raw.map(({ label }) => findingTitle(label)).join(", ")}: `
          }Scores are taken ` +
            "for probabilities as they are, as there is no scaling of a validation set that rises with them.",
      )),
      {
        caption:
          "Gain: net benefit above the better of acting on all and on none, per 1,000 images, at their prevalence",
        folded: true,
        table: {
          columns: ["Finding", ...SHOWN.map((threshold) => `threshold ${threshold}`)],
          rows: labels.map(({ label, decisions: { curve } }) => [
            findingTitle(label),
            ...SHOWN.map((shown) => {
              const { gain, gainInterval } = curve.find(({ threshold }) => threshold === shown)!;
              return `${perThousand(gain)}${
                gainInterval ? ` (${perThousand(gainInterval.low)} to ${perThousand(gainInterval.high)})` : ""
              }`;
            }),
          ]),
        },
      },
    ],
  };
}

function perThousand(value: number): string {
  const text = (1000 * value).toFixed(1);
  return text === "-0.0" ? "0.0" : text;
}
