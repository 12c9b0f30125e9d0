import type { Interval } from "../evaluation/interval.ts";
import { errorBars } from "./_error_bars.ts";
import { axis, COLOURS, GREY, layout, rounded } from "./_theme.ts";
import type { Figure } from "./figure.ts";

/** The AUCs that many sets of images with so many positives gave one and the same network. */
export interface AucSpread {
  /** The images with the finding in each set. */
  positives: number;
  /** The mean of the AUCs. */
  auc: number;
  /** Where most of the AUCs lie. */
  interval: Interval | null;
}

/** Dots with bars: how far the AUC strays by chance, by the number of positives, around its true value (a line). */
export function aucNoiseFigure(spreads: readonly AucSpread[], { truth }: { truth: number }): Figure {
  const x = spreads.map(({ positives }) => String(positives));
  return {
    data: [{
      type: "scatter",
      mode: "lines",
      name: `True AUC: ${rounded(truth, 3)}`,
      x,
      y: x.map(() => truth),
      line: { color: GREY, width: 1.5, dash: "dash" },
      hoverinfo: "skip",
    }, {
      type: "scatter",
      mode: "markers",
      name: "Measured: the mean, and where 95 % lie",
      x,
      y: spreads.map(({ auc }) => rounded(auc)),
      error_y: errorBars(spreads, COLOURS.blue),
      customdata: spreads.map(({ interval }) =>
        interval ? [rounded(interval.low), rounded(interval.high)] : []
      ),
      marker: { color: COLOURS.blue, size: 8 },
      hovertemplate: "%{x} positives: %{customdata[0]:.2f} to %{customdata[1]:.2f}<extra></extra>",
    }],
    layout: layout("How far an AUC strays by chance", {
      height: 360,
      xaxis: axis("Images with the finding", { type: "category", showgrid: false }),
      yaxis: axis("AUC"),
    }),
  };
}
