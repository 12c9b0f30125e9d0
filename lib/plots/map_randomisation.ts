import type { Interval } from "../evaluation/interval.ts";
import { axis, CYCLE, GREY, layout, rounded } from "./_theme.ts";
import { errorBars } from "./_error_bars.ts";
import type { Figure } from "./figure.ts";

/** How alike a method's maps stay as a network's layers get random weights. */
export interface RandomisedMapsLine {
  /** What the legend calls the method. */
  name: string;
  /** After so many layers, from the last one, the mean similarity with its interval. */
  points: readonly { layers: number; similarity: number; interval: Interval | null }[];
}

/**
 * Lines: the rank correlation of heat maps with those of the trained network, by how many layers have random weights, with
 * 95 % intervals.
 *
 * @param options `same` is the correlation from which on a map counts as the same, a dotted line.
 */
export function mapRandomisationFigure(
  methods: readonly RandomisedMapsLine[],
  { same }: { same: number },
): Figure {
  const most = Math.max(...methods.flatMap(({ points }) => points.map(({ layers }) => layers)));
  const apart = most / 100;
  return {
    data: methods.map(({ name, points }, nth) => {
      const color = CYCLE[nth % CYCLE.length]!;
      return {
        type: "scatter",
        mode: "lines+markers",
        name,
        x: points.map(({ layers }) => rounded(layers + apart * (nth - (methods.length - 1) / 2))),
        y: points.map(({ similarity }) => rounded(similarity)),
        error_y: errorBars(points.map(({ similarity, interval }) => ({ auc: similarity, interval })), color),
        customdata: points.map(({ layers, interval }) => [
          layers,
          ...(interval ? [rounded(interval.low), rounded(interval.high)] : []),
        ]),
        line: { color, width: 1.5 },
        marker: { color, size: 7 },
        hovertemplate:
          `%{customdata[0]} random: %{y:.3f} (%{customdata[1]:.3f} to %{customdata[2]:.3f})<extra>${name}</extra>`,
      };
    }),
    layout: layout("Heat maps as layers get random weights, with 95 % intervals", {
      height: 380,
      xaxis: axis("Layers with random weights, from the last one", { range: [0, most * 1.04] }),
      yaxis: axis("Rank correlation", { range: [-0.6, 1.05] }),
      shapes: [{
        type: "line",
        xref: "paper",
        x0: 0,
        x1: 1,
        y0: same,
        y1: same,
        layer: "below",
        line: { color: GREY, width: 1, dash: "dot" },
      }],
    }),
  };
}
