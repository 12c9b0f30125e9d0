import { epochAxis } from "./_epoch_axis.ts";
import { axis, COLOURS, layout, rounded } from "./_theme.ts";
import { thin } from "./_thin.ts";
import type { Figure } from "./figure.ts";

/** How far training has come. */
export interface TrainingSoFar {
  /** How many epochs there will be. */
  epochs: number;
  /** The training loss, by how many epochs had passed (2.5: in the middle of the third). */
  losses: readonly { epoch: number; loss: number }[];
  /** What was measured on the validation part after each epoch (1: after the first). */
  validation: readonly { epoch: number; loss: number | null; auc: number | null }[];
}

/** Lines that grow while a network is trained: the loss on the left, the validation AUC on the right. */
export function liveTrainingFigure({ epochs, losses, validation }: TrainingSoFar): Figure {
  const most = losses.reduce((most, { loss }) => Math.max(most, loss), 0) || 1;
  const kept = thin(losses.map(({ epoch }) => epoch / epochs), losses.map(({ loss }) => loss / most), 0.003);
  return {
    data: [
      {
        type: "scatter",
        mode: "lines",
        name: "Training loss",
        x: kept.map((i) => rounded(losses[i]!.epoch, 3)),
        y: kept.map((i) => rounded(losses[i]!.loss)),
        line: { color: COLOURS.blue, width: 1.5 },
      },
      {
        type: "scatter",
        mode: "lines+markers",
        name: "Validation loss",
        x: validation.map(({ epoch }) => epoch),
        y: validation.map(({ loss }) => loss === null ? null : rounded(loss)),
        line: { color: COLOURS.orange, width: 2 },
      },
      {
        type: "scatter",
        mode: "lines+markers",
        name: "Validation AUC",
        x: validation.map(({ epoch }) => epoch),
        y: validation.map(({ auc }) => auc === null ? null : rounded(auc)),
        xaxis: "x2",
        yaxis: "y2",
        line: { color: COLOURS.green, width: 2 },
      },
    ],
    layout: layout("Training", {
      height: 340,
      xaxis: epochAxis(0, epochs, { domain: [0, 0.46], anchor: "y" }),
      xaxis2: epochAxis(0, epochs, { domain: [0.56, 1], anchor: "y2" }),
      yaxis: axis("Loss"),
      yaxis2: axis("AUC", { anchor: "x2" }),
    }),
  };
}
