import type { Confusion } from "../evaluation/confusion.ts";
import { axis, BLUES, layout, rounded } from "./_theme.ts";
import { findingTitle } from "../dataset/finding_title.ts";
import type { Figure, Json, Trace } from "./figure.ts";
import { counted, percent } from "../support/decimals.ts";

/** Images counted by truth and by decision at a threshold. */
export type ConfusionCounts = Pick<
  Confusion,
  "truePositives" | "falsePositives" | "trueNegatives" | "falseNegatives"
>;

/** The columns of the matrix. */
export const CALLED = ["Called<br>negative", "Called<br>positive"] as const;

/** The rows of the matrix. */
export const TRUTH = ["Without the<br>finding", "With the<br>finding"] as const;

/** Heat map: the confusion matrix of one label at one threshold, colour and percentage by the row. */
export function confusionFigure(
  confusion: ConfusionCounts,
  options: { label: string; threshold: number },
): Figure {
  const title = `${findingTitle(options.label)}: confusion matrix at threshold ${
    rounded(options.threshold, 3)
  }`;
  return {
    data: [confusionTrace(confusion)],
    layout: layout(title, { height: 340, ...confusionAxes() }),
  };
}

/** The matrix as a heat map, for figures that hold it. */
export function confusionTrace(confusion: ConfusionCounts): Trace {
  return {
    type: "heatmap",
    x: [...CALLED],
    y: [...TRUTH],
    ...confusionCells(confusion),
    texttemplate: "%{text}",
    textfont: { size: 15 },
    colorscale: BLUES,
    zmin: 0,
    zmax: 1,
    xgap: 3,
    ygap: 3,
    showscale: false,
    hovertemplate: "%{y}, %{x}: %{text}<extra></extra>",
  };
}

/** What a threshold changes in the heat map: fractions of the row as `z`, counts and fractions as `text`. */
export function confusionCells(
  { truePositives, falseNegatives, falsePositives, trueNegatives }: ConfusionCounts,
): { z: number[][]; text: string[][] } {
  const rows = [[trueNegatives, falsePositives], [falseNegatives, truePositives]] as const;
  const shares = rows.map(([negative, positive]) => {
    const total = Math.max(1, negative + positive);
    return [negative / total, positive / total];
  });
  return {
    z: shares.map((row) => row.map((share) => rounded(share, 3))),
    text: rows.map((row, i) => row.map((count, j) => `${counted(count)}<br>${percent(shares[i]![j]!)}`)),
  };
}

/** The axes of the matrix. */
export function confusionAxes(domain: readonly [number, number] = [0, 1]): { [attribute: string]: Json } {
  return {
    xaxis: axis("", { domain, showgrid: false, side: "bottom" }),
    yaxis: axis("", { autorange: "reversed", showgrid: false, ticksuffix: " " }),
  };
}
