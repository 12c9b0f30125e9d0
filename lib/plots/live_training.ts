import type { HistoryRow } from "../training/history.ts";
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
  /** What is known of the epochs that have ended. */
  history: readonly Pick<HistoryRow, "epoch" | "validationLoss" | "meanAuc" | "selectionMetric">[];
}

/** Lines that grow while a network is trained: the loss on the left, the validation AUC on the right. */
export function liveTrainingFigure({ epochs, losses, history }: TrainingSoFar): Figure {
  const most = losses.reduce((most, { loss }) => Math.max(most, loss), 0) || 1;
  const kept = thin(losses.map(({ epoch }) => epoch / epochs), losses.map(({ loss }) => loss / most), 0.003);
  const line = (name: string, color: string, values: readonly (number | null)[]) => ({
    type: "scatter",
    mode: "lines+markers",
    name,
    x: history.map(({ epoch }) => epoch),
    y: values.map((value) => value === null ? null : rounded(value)),
    line: { color, width: 2 },
  });
  const right = { xaxis: "x2", yaxis: "y2" };
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
      line("Validation loss", COLOURS.orange, history.map(({ validationLoss }) => validationLoss)),
      { ...line("Mean validation AUC", COLOURS.green, history.map(({ meanAuc }) => meanAuc)), ...right },
      {
        ...line("Selection metric", COLOURS.purple, history.map(({ selectionMetric }) => selectionMetric)),
        ...right,
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
