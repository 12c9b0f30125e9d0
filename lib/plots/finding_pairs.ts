import { axis, BLUES, layout } from "./_theme.ts";
import { findingTitle } from "../dataset/finding_title.ts";
import type { Figure } from "./figure.ts";
import { counted } from "../support/decimals.ts";

/**
 * Heat map: how often two findings are seen in the same image. Colour is the fraction of the row's images that also
 * have the column's finding; the number is the count of images,
 * and beside a row's name stands the count of all its images.
 *
 * @param counts A symmetric matrix [L][L] of images, its diagonal the images with each finding.
 */
export function findingPairsFigure(
  labels: readonly string[],
  counts: readonly (readonly number[])[],
): Figure {
  const names = labels.map(findingTitle);
  const share = counts.map((row, i) =>
    row.map((count, j) => i === j || counts[i]![i] === 0 ? null : Number((count / row[i]!).toFixed(3)))
  );
  return {
    data: [{
      type: "heatmap",
      x: names,
      y: names.map((name, i) => `${name} ${counted(counts[i]![i]!)}`),
      z: share,
      text: counts.map((row, i) => row.map((count, j) => i === j ? "" : counted(count))),
      texttemplate: "%{text}",
      textfont: { size: 10 },
      customdata: counts.map((row) => [...row]),
      colorscale: BLUES,
      colorbar: { title: { text: "Fraction of the row", side: "right" }, tickformat: ".0%", thickness: 12 },
      hoverongaps: false,
      xgap: 1,
      ygap: 1,
      hovertemplate: "%{customdata:,} images of %{y} also have %{x}: %{z:.1%}<extra></extra>",
    }],
    layout: layout("Findings seen together", {
      height: 540,
      xaxis: axis("", { tickangle: -45, showgrid: false }),
      yaxis: axis("", { autorange: "reversed", showgrid: false }),
    }),
  };
}
