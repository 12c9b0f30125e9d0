import type { ReliabilityBin } from "../evaluation/calibration.ts";
import { axis, CYCLE, diagonal, layout, rounded } from "./_theme.ts";
import type { Figure } from "./figure.ts";

/** One way of making probabilities: the raw scores, or a calibration of them. */
export interface ReliabilityCurve {
  /** What the legend calls it. */
  name: string;
  /** Its bins, by ascending score; empty ones are left out of the figure. */
  bins: readonly ReliabilityBin[];
}

/**
 * Lines: how frequent the finding is among images of a score, with intervals. A calibrated score lies on the
 * diagonal; a larger dot stands for more images. Curves after the second appear by a click in the legend.
 */
export function reliabilityFigure(
  curves: readonly ReliabilityCurve[],
  options: { title?: string } = {},
): Figure {
  const { title = "Reliability" } = options;
  return {
    data: curves.map(({ name, bins }, index) => {
      const filled = bins.filter((bin) => bin.images > 0);
      const most = Math.max(...filled.map(({ images }) => images));
      const frequencies = filled.map(({ frequency }) => frequency!);
      return {
        type: "scatter",
        mode: "lines+markers",
        name,
        x: filled.map(({ score }) => rounded(score!)),
        y: frequencies.map(({ value }) => rounded(value)),
        visible: index < 2 ? true : "legendonly",
        error_y: {
          type: "data",
          symmetric: false,
          array: frequencies.map(({ value, high }) => rounded(high - value)),
          arrayminus: frequencies.map(({ value, low }) => rounded(value - low)),
          thickness: 1,
          width: 3,
        },
        customdata: filled.map(({ images }) => images),
        line: { color: CYCLE[index % CYCLE.length]!, width: 1.5 },
        marker: {
          size: filled.map(({ images }) => rounded(5 + 11 * Math.sqrt(images / most), 1)),
          opacity: 1,
        },
        hovertemplate: `score %{x:.3f}, frequency %{y:.1%}, %{customdata:,} images<extra>${name}</extra>`,
      };
    }),
    layout: layout(title, {
      height: 440,
      xaxis: axis("Mean score", { range: [0, 1.02] }),
      yaxis: axis("Frequency of the finding", { range: [0, 1.03] }),
      shapes: [diagonal()],
    }),
  };
}
