import { chosenEpoch } from "./_chosen_epoch.ts";
import { epochAxis } from "./_epoch_axis.ts";
import { axis, COLOURS, layout, rounded } from "./_theme.ts";
import type { Figure } from "./figure.ts";

/** The loss after one epoch. */
export interface EpochLoss {
  /** The epoch, from 1. */
  epoch: number;
  /** Mean loss over the epoch's training batches. */
  training: number;
  /** Loss on the validation part; null where it was not measured. */
  validation: number | null;
}

/** Lines: training and validation loss by epoch, the chosen epoch marked. */
export function lossByEpochFigure(
  losses: readonly EpochLoss[],
  options: { chosen?: number } = {},
): Figure {
  const line = (name: string, color: string, dash: string, y: readonly (number | null)[]) => ({
    type: "scatter",
    mode: "lines+markers",
    name,
    x: losses.map(({ epoch }) => epoch),
    y: y.map((loss) => loss === null ? null : rounded(loss, 5)),
    line: { color, width: 2, dash },
    hovertemplate: `epoch %{x}: %{y:.4f}<extra>${name}</extra>`,
  });
  return {
    data: [
      line("Training", COLOURS.blue, "solid", losses.map(({ training }) => training)),
      line("Validation", COLOURS.orange, "solid", losses.map(({ validation }) => validation)),
    ],
    layout: layout("Loss by epoch", {
      height: 360,
      xaxis: epochAxis(1, losses.length),
      yaxis: axis("Loss"),
      ...chosenEpoch(options.chosen),
    }),
  };
}
