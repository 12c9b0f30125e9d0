import { chosenEpoch } from "./_chosen_epoch.ts";
import { epochAxis } from "./_epoch_axis.ts";
import { axis, COLOURS, GREY, layout, nameOf, rounded } from "./_theme.ts";
import type { Figure } from "./figure.ts";

/** The validation AUC after one epoch; null where it is undefined. */
export interface EpochAuc {
  /** The epoch, from 1. */
  epoch: number;
  /** Mean over the labels that have an AUC. */
  mean: number | null;
  /** What the epoch is chosen by. */
  choice: number | null;
  /** The AUC of each label. */
  labels: readonly (number | null)[];
}

/** What the figure says beside the numbers. */
export interface AucByEpochOptions {
  /** Names of the labels, in the order of the AUCs. */
  labels: readonly string[];
  /** The chosen epoch, marked with a line. */
  chosen?: number;
  /** What the legend calls the metric that the epoch is chosen by. Default: "Choice metric". */
  choice?: string;
}

/** Lines: validation AUC by epoch, the mean and the choice metric strong, each label faint. */
export function aucByEpochFigure(epochs: readonly EpochAuc[], options: AucByEpochOptions): Figure {
  const x = epochs.map(({ epoch }) => epoch);
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
    y: epochs.map(({ labels }) => shortened(labels[index] ?? null)),
    line: { color: GREY, width: 1 },
    opacity: 0.45,
    hovertemplate: `epoch %{x}: %{y:.3f}<extra>${nameOf(label)}</extra>`,
  }));
  return {
    data: [
      ...faint,
      strong("Mean over labels", COLOURS.orange, epochs.map(({ mean }) => mean)),
      strong(options.choice ?? "Choice metric", COLOURS.blue, epochs.map(({ choice }) => choice)),
    ],
    layout: layout("Validation AUC by epoch", {
      height: 400,
      xaxis: epochAxis(1, epochs.length),
      yaxis: axis("AUC"),
      ...chosenEpoch(options.chosen),
    }),
  };
}

function shortened(auc: number | null): number | null {
  return auc === null ? null : rounded(auc);
}
