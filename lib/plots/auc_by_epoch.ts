import type { HistoryRow } from "../training/history.ts";
import { chosenEpoch } from "./_chosen_epoch.ts";
import { epochAxis } from "./_epoch_axis.ts";
import { axis, COLOURS, GREY, layout, rounded } from "./_theme.ts";
import { findingTitle } from "../dataset/finding_title.ts";
import type { Figure } from "./figure.ts";

/** What the figure says beside the numbers. */
export interface AucByEpochOptions {
  /** Names of the labels, in the order of the AUCs. */
  labels: readonly string[];
  /** The chosen epoch, marked with a line. */
  chosen?: number;
  /** What the legend calls the metric that the epoch is chosen by. Default: "Selection metric". */
  metric?: string;
}

/** Lines: validation AUC by epoch, the mean and the selection metric strong, each label faint. */
export function aucByEpochFigure(
  history: readonly Pick<HistoryRow, "epoch" | "meanAuc" | "selectionMetric" | "auc">[],
  options: AucByEpochOptions,
): Figure {
  const x = history.map(({ epoch }) => epoch);
  const strong = (name: string, color: string, y: readonly (number | null)[]) => ({
    type: "scatter",
    mode: "lines+markers",
    name,
    x,
    y: y.map(shortened),
    line: { color, width: 2.5 },
    hovertemplate: `epoch %{x}: %{y:.3f}<extra>${name}</extra>`,
  });
  const faint = options.labels.map((label, index) => ({
    type: "scatter",
    mode: "lines",
    name: "Each label",
    legendgroup: "labels",
    showlegend: index === 0,
    x,
    y: history.map(({ auc }) => shortened(auc[index] ?? null)),
    line: { color: GREY, width: 1 },
    opacity: 0.45,
    hovertemplate: `epoch %{x}: %{y:.3f}<extra>${findingTitle(label)}</extra>`,
  }));
  return {
    data: [
      ...faint,
      strong("Mean over labels", COLOURS.orange, history.map(({ meanAuc }) => meanAuc)),
      strong(
        options.metric ?? "Selection metric",
        COLOURS.blue,
        history.map(({ selectionMetric }) => selectionMetric),
      ),
    ],
    layout: layout("Validation AUC by epoch", {
      height: 400,
      xaxis: epochAxis(1, history.length),
      yaxis: axis("AUC"),
      ...chosenEpoch(options.chosen, history.length),
    }),
  };
}

function shortened(auc: number | null): number | null {
  return auc === null ? null : rounded(auc);
}
