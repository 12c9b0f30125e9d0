import type { Interval } from "../evaluation/interval.ts";
import { errorBars } from "./_error_bars.ts";
import { axis, COLOURS, GREY, layout, rounded } from "./_theme.ts";
import { findingTitle } from "../dataset/finding_title.ts";
import type { Figure, Trace } from "./figure.ts";

/** The test AUC of one label. */
export interface LabelAuc {
  /** The label. */
  label: string;
  /** The AUC; null where it is undefined. */
  auc: number | null;
  /** Its confidence interval, where there is one. */
  interval?: Interval | null;
  /** The original notebook's AUC of this label, where it has one. */
  original?: number | null;
}

/** Dots: the AUC of each label with its interval, the best on top, beside the original's. */
export function aucByLabelFigure(
  rows: readonly LabelAuc[],
  options: { title?: string; name?: string; originalName?: string } = {},
): Figure {
  const { title = "Test AUC by label", name = "This run", originalName = "Original notebook" } = options;
  const sorted = [...rows].sort((a, b) => (a.auc ?? -1) - (b.auc ?? -1));
  const names = sorted.map(({ label }) => findingTitle(label));
  const ours: Trace = {
    type: "scatter",
    mode: "markers",
    name,
    y: names,
    x: sorted.map(({ auc }) => auc === null ? null : rounded(auc)),
    error_x: errorBars(sorted, COLOURS.blue),
    marker: { color: COLOURS.blue, size: 9 },
    hovertemplate: `%{y}: %{x:.3f}<extra>${name}</extra>`,
  };
  const original: Trace = {
    type: "scatter",
    mode: "markers",
    name: originalName,
    y: names,
    x: sorted.map(({ original }) => original ?? null),
    marker: { color: COLOURS.orange, size: 9, symbol: "diamond-open", line: { width: 2 } },
    hovertemplate: `%{y}: %{x:.3f}<extra>${originalName}</extra>`,
  };
  return {
    data: sorted.some(({ original }) => original !== undefined && original !== null)
      ? [original, ours]
      : [ours],
    layout: layout(title, {
      height: 110 + 26 * rows.length,
      xaxis: axis("AUC"),
      yaxis: axis("", { ticksuffix: " ", type: "category", categoryorder: "array", categoryarray: names }),
      shapes: [{
        type: "line",
        x0: 0.5,
        x1: 0.5,
        yref: "paper",
        y0: 0,
        y1: 1,
        layer: "below",
        line: { color: GREY, width: 1, dash: "dot" },
      }],
    }),
  };
}
