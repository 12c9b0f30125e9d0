import type { Interval } from "../evaluation/interval.ts";
import { errorBars } from "./_error_bars.ts";
import { axis, COLOURS, GREY, layout, rounded } from "./_theme.ts";
import type { Figure } from "./figure.ts";
import { counted } from "../support/decimals.ts";

/** The AUC of one subgroup of the images. */
export interface SubgroupAuc {
  /** The subgroup, such as "View: AP". */
  group: string;
  /** Its images. */
  images: number;
  /** The AUC; null where it is undefined. */
  auc: number | null;
  /** Its confidence interval, where there is one. */
  interval?: Interval | null;
}

/** Dots: the AUC of each subgroup with its interval, beside a line at the AUC of all images. */
export function subgroupAucFigure(
  groups: readonly SubgroupAuc[],
  options: { overall: number | null; title?: string },
): Figure {
  const { overall, title = "Mean AUC by subgroup" } = options;
  const line = overall === null ? [] : [{
    type: "line",
    x0: rounded(overall),
    x1: rounded(overall),
    yref: "paper",
    y0: 0,
    y1: 1,
    layer: "below",
    line: { color: GREY, width: 1.5, dash: "dash" },
  }];
  return {
    data: [{
      type: "scatter",
      mode: "markers",
      name: "AUC",
      y: groups.map(({ group, images }) => `${group} (${counted(images)})`),
      x: groups.map(({ auc }) => auc === null ? null : rounded(auc)),
      error_x: errorBars(groups, COLOURS.blue),
      marker: { color: COLOURS.blue, size: 9 },
      hovertemplate: "%{y}: %{x:.3f}<extra></extra>",
    }],
    layout: layout(title, {
      height: 110 + 28 * groups.length,
      xaxis: axis("AUC (dashed: all images)"),
      yaxis: axis("", { ticksuffix: " ", type: "category", autorange: "reversed" }),
      shapes: line,
    }),
  };
}
