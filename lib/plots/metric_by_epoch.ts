import type { Interval } from "../evaluation/interval.ts";
import { epochAxis } from "./_epoch_axis.ts";
import { errorBars } from "./_error_bars.ts";
import { axis, CYCLE, layout, rounded } from "./_theme.ts";
import type { Figure } from "./figure.ts";

/** A measure of the validation set, epoch by epoch. */
export interface MetricByEpoch {
  /** What the legend calls it. */
  name: string;
  /** Its value and interval after each epoch, the first epoch first. */
  epochs: readonly { auc: number | null; interval: Interval | null }[];
}

/** Dots with bars: measures of the validation set by epoch with their intervals, side by side. */
export function metricByEpochFigure(metrics: readonly MetricByEpoch[]): Figure {
  const apart = 0.16;
  const last = Math.max(...metrics.map(({ epochs }) => epochs.length));
  return {
    data: metrics.map(({ name, epochs }, nth) => {
      const color = CYCLE[nth % CYCLE.length]!;
      return {
        type: "scatter",
        mode: "markers",
        name,
        x: epochs.map((_, i) => rounded(i + 1 + apart * (nth - (metrics.length - 1) / 2))),
        y: epochs.map(({ auc }) => auc === null ? null : rounded(auc)),
        error_y: errorBars(epochs, color),
        customdata: epochs.map(({ interval }, i) => [
          i + 1,
          ...(interval ? [rounded(interval.low), rounded(interval.high)] : []),
        ]),
        marker: { color, size: 8 },
        hovertemplate:
          `epoch %{customdata[0]}: %{y:.3f} (%{customdata[1]:.3f} to %{customdata[2]:.3f})<extra>${name}</extra>`,
      };
    }),
    layout: layout("Validation by epoch, with 95 % intervals", {
      height: 380,
      xaxis: epochAxis(1, last, { range: [0.6, last + 0.4] }),
      yaxis: axis("AUC"),
    }),
  };
}
