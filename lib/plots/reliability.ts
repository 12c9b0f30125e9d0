import { axis, CYCLE, diagonal, layout, rounded } from "./_theme.ts";
import type { Figure } from "./figure.ts";

/** Images with similar scores. */
export interface ReliabilityBin {
  /** Their mean score, from 0 to 1. */
  meanScore: number;
  /** The share of them that are positive, from 0 to 1. */
  positiveRate: number;
  /** How many there are. */
  count: number;
}

/** One way of making probabilities: the raw scores, or a calibration of them. */
export interface ReliabilityCurve {
  /** What the legend calls it. */
  name: string;
  /** Its bins that have images, by ascending score. */
  bins: readonly ReliabilityBin[];
}

/** Lines: the share of positives by mean score; a calibrated score lies on the diagonal, a larger dot has more images. */
export function reliabilityFigure(
  curves: readonly ReliabilityCurve[],
  options: { title?: string } = {},
): Figure {
  const { title = "Reliability" } = options;
  return {
    data: curves.map(({ name, bins }, index) => {
      const most = Math.max(...bins.map(({ count }) => count));
      return {
        type: "scatter",
        mode: "lines+markers",
        name,
        x: bins.map(({ meanScore }) => rounded(meanScore)),
        y: bins.map(({ positiveRate }) => rounded(positiveRate)),
        customdata: bins.map(({ count }) => count),
        line: { color: CYCLE[index % CYCLE.length]!, width: 1.5 },
        marker: { size: bins.map(({ count }) => rounded(5 + 11 * Math.sqrt(count / most), 1)) },
        hovertemplate: `score %{x:.3f}, positive %{y:.1%}, %{customdata:,} images<extra>${name}</extra>`,
      };
    }),
    layout: layout(title, {
      height: 440,
      xaxis: axis("Mean score", { range: [0, 1] }),
      yaxis: axis("Share of positives", { range: [0, 1] }),
      shapes: [diagonal()],
    }),
  };
}
