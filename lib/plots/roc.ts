import type { Roc } from "../evaluation/roc.ts";
import { plotNumber, smallMultiples } from "./_small_multiples.ts";
import { decimals } from "../support/decimals.ts";
import { axis, COLOURS, CYCLE, diagonal, GREY, layout, rounded } from "./_theme.ts";
import { findingTitle } from "../dataset/finding_title.ts";
import { thin } from "./_thin.ts";
import type { Figure, Trace } from "./figure.ts";

/** The ROC curve of one label. */
export interface LabelRoc {
  /** The label. */
  label: string;
  /** Area under the curve; null where it is undefined. */
  auc: number | null;
  /** The curve; null where it is undefined. */
  roc: Pick<Roc, "falsePositiveRate" | "truePositiveRate"> | null;
}

const RATES = { range: [0, 1], tickvals: [0, 0.5, 1] } as const;

/** Small plots: the ROC curve of each label, its AUC in the title. */
export function rocByLabelFigure(curves: readonly LabelRoc[]): Figure {
  return {
    data: curves.map((curve, index) => ({
      ...trace(curve),
      xaxis: `x${plotNumber(index)}`,
      yaxis: `y${plotNumber(index)}`,
      line: { color: COLOURS.blue, width: 2 },
      fill: "tozeroy",
      fillcolor: "rgba(0,114,178,0.12)",
    })),
    layout: layout("ROC by label", {
      height: 110 + 165 * Math.ceil(curves.length / 5),
      showlegend: false,
      ...smallMultiples({
        titles: curves.map(({ label, auc }) => `${findingTitle(label)} <b>${decimals(auc)}</b>`),
        columns: 5,
        x: "1 - specificity",
        y: "Sensitivity",
        xaxis: RATES,
        yaxis: RATES,
      }),
      shapes: curves.map((_, index) => diagonal(`x${plotNumber(index)}`, `y${plotNumber(index)}`)),
    }),
  };
}

/** Lines: the ROC curves of all labels in one plot; a click in the legend hides one. */
export function rocFigure(curves: readonly LabelRoc[], options: { title?: string } = {}): Figure {
  const { title = "ROC of all labels" } = options;
  return {
    data: curves.map((curve, index) => ({
      ...trace(curve),
      name: `${findingTitle(curve.label)} ${decimals(curve.auc)}`,
      line: {
        color: CYCLE[index % CYCLE.length]!,
        width: 1.8,
        dash: ["solid", "dash", "dot"][Math.floor(index / CYCLE.length) % 3]!,
      },
    })),
    layout: layout(title, {
      height: 520,
      xaxis: axis("1 - specificity", { range: [0, 1] }),
      yaxis: axis("Sensitivity", { range: [0, 1] }),
      legend: { orientation: "v", x: 1.02, xanchor: "left", y: 1, yanchor: "top", font: { color: GREY } },
      shapes: [diagonal()],
    }),
  };
}

function trace({ label, roc }: LabelRoc): Trace {
  const { falsePositiveRate, truePositiveRate } = roc ?? { falsePositiveRate: [], truePositiveRate: [] };
  const kept = thin(falsePositiveRate, truePositiveRate, 0.002);
  return {
    type: "scatter",
    mode: "lines",
    name: findingTitle(label),
    x: kept.map((i) => rounded(falsePositiveRate[i]!)),
    y: kept.map((i) => rounded(truePositiveRate[i]!)),
    hovertemplate: "1 - specificity %{x:.3f}, sensitivity %{y:.3f}<extra>" + findingTitle(label) + "</extra>",
  };
}
