import { type LabelColumn, labelColumn } from "../../evaluation/predictions.ts";
import { precisionRecall } from "../../evaluation/precision_recall.ts";
import { precisionRecallFigure } from "../../plots/precision_recall.ts";
import type { ReportContent } from "../content.ts";
import type { Section } from "../page.ts";

/** The precision-recall curve of each label. */
export function precisionRecallSection({ metrics, predictions }: ReportContent): Section {
  return {
    title: "Precision and recall",
    howToRead:
      "Of the images called positive, how many are (up), against how many of the positive ones are found (right). " +
      "The dotted line is the prevalence: what guessing achieves. A rare finding can have a good AUC and a poor precision.",
    blocks: [{
      figure: precisionRecallFigure(metrics.labels.map(({ name, averagePrecision }, i) => {
        const column = labelColumn(predictions, i);
        return {
          label: name,
          averagePrecision,
          prevalence: prevalenceOf(column),
          curve: precisionRecall(column.truth, column.scores, column),
        };
      })),
      wide: true,
    }],
  };
}

/** The fraction of images with the label, each as often as it counts. */
function prevalenceOf({ truth, weights }: LabelColumn): number {
  let [positive, all] = [0, 0];
  truth.forEach((value, image) => {
    const weight = weights?.[image] ?? 1;
    all += weight;
    positive += weight * value;
  });
  return positive / all;
}
