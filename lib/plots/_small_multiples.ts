import { axis, GREY } from "./_theme.ts";
import type { Json } from "./figure.ts";

/** A figure of many small plots of the same kind, row by row. */
export interface SmallMultiples {
  /** What stands over each plot. */
  titles: readonly string[];
  /** Plots side by side. */
  columns: number;
  /** Title of the horizontal axes, at the lowest plots only. */
  x: string;
  /** Title of the vertical axes, at the leftmost plots only. */
  y: string;
  /** Plotly's attributes for all horizontal axes. */
  xaxis?: { readonly [attribute: string]: Json };
  /** Plotly's attributes for all vertical axes. */
  yaxis?: { readonly [attribute: string]: Json };
}

/** The number of a plot as Plotly writes it: nothing for the first, then 2, 3, ... */
export function plotNumber(index: number): string {
  return index === 0 ? "" : String(index + 1);
}

/** The axes and titles of small plots, as parts of a layout: `xaxis`, `yaxis`, `xaxis2`, ... and `annotations`. */
export function smallMultiples(options: SmallMultiples): { [attribute: string]: Json } {
  const { titles, columns } = options;
  const rows = Math.ceil(titles.length / columns);
  const parts: { [attribute: string]: Json } = {};
  for (const index of titles.keys()) {
    const column = index % columns;
    const row = Math.floor(index / columns);
    const number = plotNumber(index);
    const lowest = index + columns >= titles.length;
    parts[`xaxis${number}`] = axis(lowest ? options.x : "", {
      domain: span(column, columns, 0.03),
      anchor: `y${number}`,
      showticklabels: lowest,
      ...options.xaxis,
    });
    parts[`yaxis${number}`] = axis(column === 0 ? options.y : "", {
      domain: span(rows - 1 - row, rows, 0.24 / rows),
      anchor: `x${number}`,
      showticklabels: column === 0,
      ...options.yaxis,
    });
  }
  parts.annotations = titles.map((text, index) => ({
    text,
    xref: `x${plotNumber(index)} domain`,
    yref: `y${plotNumber(index)} domain`,
    x: 0.5,
    y: 1,
    xanchor: "center",
    yanchor: "bottom",
    showarrow: false,
    font: { size: 11, color: GREY },
  }));
  return parts;
}

/** The part of the paper, from 0 to 1, that belongs to one of `count` plots with a gap between them. */
function span(index: number, count: number, gap: number): [number, number] {
  const size = (1 - gap * (count - 1)) / count;
  const start = index * (size + gap);
  return [start, Math.min(1, start + size)];
}
