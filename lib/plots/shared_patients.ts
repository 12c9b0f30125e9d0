import { axis, COLOURS, layout } from "./_theme.ts";
import type { Figure } from "./figure.ts";

/** How far the test set of a split leaks. */
export interface TestLeak {
  /** The split: "by image", "by patient", "official". */
  split: string;
  /** The images of the test set. */
  images: number;
  /** Those of them whose patient is also in the training set. */
  shared: number;
}

/** Bars: the fraction of test images whose patient the model has seen in training, for each split. */
export function sharedPatientsFigure(splits: readonly TestLeak[]): Figure {
  const names = splits.map(({ split }) => split);
  const bars = (name: string, color: string, count: (leak: TestLeak) => number) => ({
    type: "bar",
    orientation: "h",
    name,
    y: names,
    x: splits.map((leak) => leak.images === 0 ? null : count(leak) / leak.images),
    customdata: splits.map(count),
    marker: { color },
    texttemplate: "%{customdata:,} (%{x:.0%})",
    textposition: "inside",
    insidetextanchor: "middle",
    insidetextfont: { color: "#fff" },
    hovertemplate: `%{y}: %{customdata:,} test images (%{x:.1%})<extra>${name}</extra>`,
  });
  return {
    data: [
      bars("Patient also in training", COLOURS.vermilion, ({ shared }) => shared),
      bars("Patient not in training", COLOURS.blue, ({ images, shared }) => images - shared),
    ],
    layout: layout("Test images whose patient was seen in training", {
      height: 130 + 46 * splits.length,
      barmode: "stack",
      legend: { orientation: "h", x: 0, xanchor: "left", y: 1, yanchor: "bottom", traceorder: "normal" },
      bargap: 0.3,
      xaxis: axis("Fraction of the test images", { tickformat: ".0%", range: [0, 1] }),
      yaxis: axis("", { ticksuffix: " ", autorange: "reversed", showgrid: false }),
    }),
  };
}
