import { labelColumn } from "../../evaluation/predictions.ts";
import { roc } from "../../evaluation/roc.ts";
import { rocByLabelFigure, rocFigure } from "../../plots/roc.ts";
import type { ReportContent } from "../content.ts";
import type { Section } from "../page.ts";

/** The ROC curve of each label. */
export function rocSection({ metrics, predictions }: ReportContent): Section {
  const curves = metrics.labels.map(({ name, auc }, i) => {
    const column = labelColumn(predictions, i);
    return { label: name, auc, roc: roc(column.truth, column.scores, column) };
  });
  return {
    title: "ROC",
    howToRead:
      "Each point is a threshold: the fraction of images with the finding that are found (upwards) against that of " +
      "images without it that are called positive (to the right). The dotted diagonal is guessing.",
    blocks: [{ figure: rocByLabelFigure(curves), wide: true }, { figure: rocFigure(curves), wide: true }],
  };
}
