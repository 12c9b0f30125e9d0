import type { HistoryRow } from "../training/history.ts";
import { chosenEpoch } from "./_chosen_epoch.ts";
import { epochAxis } from "./_epoch_axis.ts";
import { axis, COLOURS, layout, rounded } from "./_theme.ts";
import type { Figure } from "./figure.ts";

/** What is marked in a figure of epochs. */
export interface LossByEpochOptions {
  /** The chosen epoch; none is marked when not given. */
  chosen?: number;
}

/** Lines: training and validation loss by epoch, the chosen epoch marked. */
export function lossByEpochFigure(
  history: readonly Pick<HistoryRow, "epoch" | "trainingLoss" | "validationLoss">[],
  options: LossByEpochOptions = {},
): Figure {
  const line = (name: string, color: string, losses: readonly number[]) => ({
    type: "scatter",
    mode: "lines+markers",
    name,
    x: history.map(({ epoch }) => epoch),
    y: losses.map((loss) => rounded(loss, 5)),
    line: { color, width: 2 },
    hovertemplate: `epoch %{x}: %{y:.4f}<extra>${name}</extra>`,
  });
  return {
    data: [
      line("Training", COLOURS.blue, history.map(({ trainingLoss }) => trainingLoss)),
      line("Validation", COLOURS.orange, history.map(({ validationLoss }) => validationLoss)),
    ],
    layout: layout("Loss by epoch", {
      height: 360,
      xaxis: epochAxis(1, history.length),
      yaxis: axis("Loss"),
      ...chosenEpoch(options.chosen, history.length),
    }),
  };
}
