import { plotNumber, smallMultiples } from "./_small_multiples.ts";
import { COLOURS, layout, rounded } from "./_theme.ts";
import { findingTitle } from "../dataset/finding_title.ts";
import type { Figure } from "./figure.ts";

/** The scores of one label. */
export interface LabelScores {
  /** The label. */
  label: string;
  /** Whether each image has it: 0 or 1. */
  truth: ArrayLike<number>;
  /** The score of each image, from 0 to 1. */
  scores: ArrayLike<number>;
}

/**
 * Small plots, side by side by fives where no other number is given: how the scores of images with and without each
 * label are spread; each class adds up to 1.
 */
export function scoreHistogramsFigure(
  labels: readonly LabelScores[],
  options: { bins?: number; columns?: number } = {},
): Figure {
  const { bins = 20, columns = 5 } = options;
  const classes = [
    { value: 0, name: "Without the finding", color: COLOURS.blue, fill: "rgba(0,114,178,0.3)" },
    { value: 1, name: "With the finding", color: COLOURS.vermilion, fill: "rgba(213,94,0,0.3)" },
  ];
  return {
    data: labels.flatMap((scores, index) =>
      classes.map(({ value, name, color, fill }) => ({
        type: "scatter",
        mode: "lines",
        name,
        legendgroup: name,
        showlegend: index === 0,
        x: Array.from({ length: bins + 1 }, (_, i) => rounded(i / bins)),
        y: sharesByBin(scores, value, bins),
        xaxis: `x${plotNumber(index)}`,
        yaxis: `y${plotNumber(index)}`,
        line: { color, width: 1.5, shape: "hv" },
        fill: "tozeroy",
        fillcolor: fill,
        hovertemplate: `score from %{x}: %{y:.1%}<extra>${name}</extra>`,
      }))
    ),
    layout: layout("Scores of images with and without each finding", {
      height: 130 + 150 * Math.ceil(labels.length / columns),
      ...smallMultiples({
        titles: labels.map(({ label }) => findingTitle(label)),
        columns,
        x: "Score",
        y: "Fraction",
        xaxis: { range: [0, 1], tickvals: [0, 0.5, 1] },
        yaxis: { rangemode: "tozero", showticklabels: false },
      }),
      margin: { l: 56, r: 20, t: 92, b: 48 },
      legend: { orientation: "h", x: 0, xanchor: "left", y: 1.05, yanchor: "bottom" },
    }),
  };
}

/** The fraction of a class' images in each bin of scores; the last fraction is given twice, to end the steps. */
function sharesByBin({ truth, scores }: LabelScores, value: number, bins: number): number[] {
  const counts = new Array<number>(bins).fill(0);
  let total = 0;
  for (let i = 0; i < truth.length; i++) {
    if (truth[i] !== value) continue;
    counts[Math.min(bins - 1, Math.floor(scores[i]! * bins))]! += 1;
    total += 1;
  }
  const shares = counts.map((count) => total === 0 ? 0 : rounded(count / total));
  return [...shares, shares.at(-1)!];
}
