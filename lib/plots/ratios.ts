import { axis, COLOURS, GREY, layout } from "./_theme.ts";
import type { Figure, Trace } from "./figure.ts";

/** How many times better something is than something else. */
export interface Ratio {
  /** What is compared. */
  name: string;
  /** With whom. */
  peer: string;
  /** Above 1 means better. */
  ratio: number;
}

/** Dots on a logarithmic axis: ratios in their order, the first on top, those above 1 in blue. */
export function ratiosFigure(ratios: readonly Ratio[], title: string): Figure {
  const rows = [...ratios].reverse();
  const places = rows.map((_, i) => i);
  const dots: Trace = {
    type: "scatter",
    mode: "markers+text",
    x: rows.map(({ ratio }) => ratio),
    y: places,
    text: rows.map(({ ratio }) => `  ${ratio.toPrecision(3)}x`),
    textposition: "middle right",
    marker: { size: 10, color: rows.map(({ ratio }) => ratio >= 1 ? COLOURS.blue : COLOURS.vermilion) },
    customdata: rows.map(({ name, peer }) => `${name}, against ${peer}`),
    hovertemplate: "%{customdata}: %{x:.3g}x<extra></extra>",
  };
  return {
    data: [dots],
    layout: layout(title, {
      height: 120 + 36 * rows.length,
      showlegend: false,
      xaxis: axis("times better than the peer", { type: "log", range: [-0.4, 1.25], dtick: "D2" }),
      yaxis: axis("", {
        tickvals: places,
        ticktext: rows.map(({ name, peer }) => `${name} <br>${peer} `),
        range: [-0.7, rows.length - 0.3],
      }),
      shapes: [{
        type: "line",
        x0: 1,
        x1: 1,
        yref: "paper",
        y0: 0,
        y1: 1,
        layer: "below",
        line: { color: GREY, width: 1, dash: "dot" },
      }],
    }),
  };
}
