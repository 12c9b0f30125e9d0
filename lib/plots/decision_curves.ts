import { findingTitle } from "../dataset/finding_title.ts";
import type { DecisionPoint } from "../evaluation/decision_curve.ts";
import { findingMenu } from "./_finding_menu.ts";
import { figureSlider } from "./_slider.ts";
import { axis, COLOURS, GREY, layout, rounded } from "./_theme.ts";
import type { Figure } from "./figure.ts";

/** The decision curves of a label, one for each prevalence. */
export interface LabelDecisionCurves {
  /** The label. */
  label: string;
  /** [prevalences] The curve at each, and the prevalence itself. */
  curves: readonly { prevalence: number; points: readonly DecisionPoint[] }[];
}

/** How decision curves are drawn. */
export interface DecisionCurvesOptions {
  /** [prevalences] What the slider calls each; the first is shown. */
  prevalences: readonly string[];
}

/**
 * Lines: the net benefit of acting on a label's probabilities above a threshold, beside acting on all and on none, as a
 * fraction of what a perfect test is worth. A slider chooses the prevalence, a menu the label; the first is shown.
 */
export function decisionCurvesFigure(
  labels: readonly LabelDecisionCurves[],
  { prevalences }: DecisionCurvesOptions,
): Figure {
  const fractions = (step: number, of: (point: DecisionPoint) => number) =>
    labels.map(({ curves }) => {
      const { prevalence, points } = curves[step]!;
      return points.map((point) => rounded(of(point) / prevalence));
    });
  const linesAt = (step: number): number[][] => [
    ...fractions(step, ({ netBenefit }) => netBenefit),
    ...fractions(step, ({ treatAll }) => treatAll),
  ];
  const first = linesAt(0);
  return {
    data: [...labels, ...labels].map(({ label, curves }, i) => ({
      type: "scatter",
      mode: "lines",
      name: i < labels.length ? "By the network" : "On all images",
      x: curves[0]!.points.map(({ threshold }) => threshold),
      y: first[i]!,
      visible: i % labels.length === 0,
      line: i < labels.length
        ? { color: COLOURS.blue, width: 2, dash: "solid" }
        : { color: COLOURS.orange, width: 1.5, dash: "dash" },
      hovertemplate: `threshold %{x:.3~f}: %{y:.1%} of a perfect test<extra>${findingTitle(label)}</extra>`,
    })),
    layout: layout("Decision curves", {
      height: 520,
      margin: { l: 56, r: 20, t: 64, b: 170 },
      xaxis: axis("Threshold probability (logarithmic)", {
        type: "log",
        tickvals: [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 0.8],
      }),
      yaxis: axis("Net benefit, as a fraction of a perfect test's", {
        range: [-0.25, 1.02],
        tickformat: ".0%",
      }),
      shapes: [{
        type: "line",
        xref: "paper",
        x0: 0,
        x1: 1,
        y0: 0,
        y1: 0,
        layer: "below",
        line: { color: GREY, width: 1, dash: "dot" },
      }],
      annotations: [{
        text: "acting on none",
        xref: "paper",
        x: 1,
        xanchor: "right",
        y: 0,
        yanchor: "bottom",
        showarrow: false,
      }],
      sliders: [figureSlider({
        prefix: "Prevalence: ",
        active: 0,
        top: 84,
        steps: prevalences.map((label, step) => ({ label, args: [{ y: linesAt(step) }] })),
      })],
      updatemenus: [findingMenu(labels.map(({ label }) => label), { traces: 2 * labels.length })],
    }),
  };
}
