import type { PrecisionRecall } from "../evaluation/precision_recall.ts";
import { plotNumber, smallMultiples } from "./_small_multiples.ts";
import { decimals } from "../support/decimals.ts";
import { COLOURS, GREY, layout, rounded } from "./_theme.ts";
import { findingTitle } from "../dataset/finding_title.ts";
import { thin } from "./_thin.ts";
import type { Figure } from "./figure.ts";

/** The precision-recall curve of one label. */
export interface LabelPrecisionRecall {
  /** The label. */
  label: string;
  /** Average precision; null where it is undefined. */
  averagePrecision: number | null;
  /** The fraction of positive images: the precision of chance. */
  prevalence: number;
  /** The curve, by ascending recall; null where it is undefined. */
  curve: Pick<PrecisionRecall, "recall" | "precision"> | null;
}

/** Small plots: the precision-recall curve of each label, with chance (the prevalence) as a dotted line. */
export function precisionRecallFigure(curves: readonly LabelPrecisionRecall[]): Figure {
  const range = { range: [0, 1.02], tickvals: [0, 0.5, 1] };
  return {
    data: curves.map(({ label, curve }, index) => {
      const { recall, precision } = steps(curve);
      const kept = thin(recall, precision, 0.003);
      return {
        type: "scatter",
        mode: "lines",
        name: findingTitle(label),
        x: kept.map((i) => rounded(recall[i]!)),
        y: kept.map((i) => rounded(precision[i]!)),
        xaxis: `x${plotNumber(index)}`,
        yaxis: `y${plotNumber(index)}`,
        line: { color: COLOURS.green, width: 2 },
        hovertemplate: "recall %{x:.3f}, precision %{y:.3f}<extra>" + findingTitle(label) + "</extra>",
      };
    }),
    layout: layout("Precision and recall by label (average precision)", {
      height: 110 + 165 * Math.ceil(curves.length / 5),
      showlegend: false,
      ...smallMultiples({
        titles: curves.map(({ label, averagePrecision }) =>
          `${findingTitle(label)} <b>${decimals(averagePrecision)}</b>`
        ),
        columns: 5,
        x: "Recall",
        y: "Precision",
        xaxis: range,
        yaxis: range,
      }),
      shapes: curves.map(({ prevalence }, index) => ({
        type: "line",
        xref: `x${plotNumber(index)}`,
        yref: `y${plotNumber(index)}`,
        x0: 0,
        x1: 1,
        y0: rounded(prevalence),
        y1: rounded(prevalence),
        layer: "below",
        line: { color: GREY, width: 1, dash: "dot" },
      })),
    }),
  };
}

/** The corners of the curve, which is a step between its points: the precision is that of the next recall. */
function steps(curve: LabelPrecisionRecall["curve"]) {
  const points = curve?.recall.length ?? 0;
  const [recall, precision] = [new Float64Array(2 * points), new Float64Array(2 * points)];
  for (let i = 0; i < points; i++) {
    recall[2 * i] = i === 0 ? 0 : curve!.recall[i - 1]!;
    recall[2 * i + 1] = curve!.recall[i]!;
    precision[2 * i] = precision[2 * i + 1] = curve!.precision[i]!;
  }
  return { recall, precision };
}
