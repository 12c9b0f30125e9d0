import { type Confusion, confusion } from "../evaluation/confusion.ts";
import { figureSlider } from "./_slider.ts";
import { axis, COLOURS, layout, rounded } from "./_theme.ts";
import { findingTitle } from "../dataset/finding_title.ts";
import { CALLED, confusionAxes, confusionCells, confusionTrace, TRUTH } from "./confusion.ts";
import type { Figure, Trace } from "./figure.ts";
import type { LabelScores } from "./score_histograms.ts";

/** Which thresholds the slider has. */
export interface ThresholdOptions {
  /** Ascending thresholds from 0 to 1. Default: 0.02, 0.04, ... 0.98. */
  thresholds?: readonly number[];
  /** The threshold shown at first; the slider starts at the nearest. Default: 0.5. */
  start?: number;
  /**
   * Whether the figure has a slider of its own. Without one it shows `start` itself, for notebooks, where a control moves
   * the threshold. Default: true.
   */
  slider?: boolean;
}

/**
 * A slider moves the threshold of one label, and with it the confusion matrix and the marks on the curves of
 * sensitivity (recall), specificity and precision. An image is called positive when its score is at least the threshold.
 */
export function thresholdFigure(scores: LabelScores, options: ThresholdOptions = {}): Figure {
  const { start = 0.5, slider = true } = options;
  const thresholds = options.thresholds ?? Array.from({ length: 49 }, (_, i) => rounded((i + 1) / 50));
  const confusions = thresholds.map((threshold) => confusion(scores.truth, scores.scores, { threshold }));
  const rates = confusions.map(ratesOf);
  const active = nearest(thresholds, start);
  const shown = slider ? thresholds[active]! : start;
  const atShown = slider ? confusions[active]! : confusion(scores.truth, scores.scores, { threshold: start });
  const curves = RATES.map(({ name, color, dash }, index): Trace => ({
    type: "scatter",
    mode: "lines",
    name,
    x: [...thresholds],
    y: rates.map((rate) => rate[index]!),
    xaxis: "x2",
    yaxis: "y2",
    line: { color, width: 2, dash },
    hovertemplate: `threshold %{x}: %{y:.3f}<extra>${name}</extra>`,
  }));
  const title = findingTitle(scores.label);
  const common: Trace = {
    type: "scatter",
    showlegend: false,
    xaxis: "x2",
    yaxis: "y2",
    cliponaxis: false,
    hoverinfo: "skip",
  };
  const first = marksAt(shown, ratesOf(atShown));
  const marks: Trace = {
    ...common,
    mode: "markers",
    marker: { color: RATES.map(({ color }) => color), size: 11, line: { color: "#fff", width: 1.5 } },
    x: first.x,
    y: first.y,
  };
  const texts: Trace = {
    ...common,
    mode: "markers+text", // markers that are not seen keep texts at a distance
    marker: { color: "rgba(0,0,0,0)", size: 14 },
    textfont: { color: RATES.map(({ color }) => color), size: 13 },
    x: first.x,
    y: first.textY,
    text: first.text,
    textposition: first.textposition,
  };
  const steps = thresholds.map((threshold, i) => {
    const cells = confusionCells(confusions[i]!);
    const mark = marksAt(threshold, rates[i]!);
    return {
      label: String(threshold),
      args: [{
        z: [cells.z, null, null],
        x: [CALLED, mark.x, mark.x],
        y: [TRUTH, mark.y, mark.textY],
        text: [cells.text, null, mark.text],
        textposition: [null, null, mark.textposition],
      }, [0, curves.length + 1, curves.length + 2]],
    };
  });
  return {
    data: [confusionTrace(atShown), ...curves, marks, texts],
    layout: layout(
      slider
        ? `${title}: what a threshold does`
        : `${title} at ${rounded(shown, 3)}: ${ratesInWords(atShown)}`,
      {
        height: slider ? 460 : 380,
        ...confusionAxes([0, 0.4]),
        xaxis2: axis("Threshold", { domain: [0.52, 1], range: [0, 1], anchor: "y2" }),
        yaxis2: axis("", { range: [0, 1.06], anchor: "x2" }),
        legend: { orientation: "h", x: 0.52, xanchor: "left", y: 1.02, yanchor: "bottom" },
        ...(slider ? { sliders: [figureSlider({ prefix: "Threshold ", active, top: 48, steps })] } : {}),
      },
    ),
  };
}

const RATES = [
  { name: "Sensitivity (recall)", word: "sensitivity", color: COLOURS.vermilion, dash: "solid" },
  { name: "Specificity", word: "specificity", color: COLOURS.blue, dash: "dash" },
  { name: "Precision", word: "precision", color: COLOURS.green, dash: "solid" },
] as const;

/** Sensitivity, specificity and precision; null where they are of nothing. */
function ratesOf({ sensitivity, specificity, precision }: Confusion): (number | null)[] {
  return [sensitivity, specificity, precision].map((rate) => rate === null ? null : rounded(rate.value));
}

function ratesInWords(confusion: Confusion): string {
  return ratesOf(confusion).map((rate, i) => `${RATES[i]!.word} ${rate === null ? "-" : rate.toFixed(2)}`)
    .join(", ");
}

/** The rates at a threshold, and where their values are written: beside them, one above the other. */
function marksAt(threshold: number, rates: readonly (number | null)[]) {
  const heights = apart(rates.map((rate) => rate ?? 0));
  return {
    x: rates.map(() => threshold),
    y: [...rates],
    textY: rates.map((rate, i) => rate === null ? null : rounded(heights[i]!)),
    text: rates.map((rate) => rate === null ? "" : rate.toFixed(2)),
    textposition: threshold < 0.8 ? "middle right" : "middle left",
  };
}

/** The height of a line of text, in units of the axis of the rates. */
const LINE = 0.08;

/** Heights near the given ones, in their order and at least a line apart, from 0 to the axis' upper end. */
function apart(values: readonly number[]): number[] {
  const order = [...values.keys()].sort((a, b) => values[a]! - values[b]!);
  const heights = [...values];
  for (const [place, index] of order.entries()) {
    const below = place === 0 ? LINE / 4 : heights[order[place - 1]!]! + LINE;
    heights[index] = Math.max(heights[index]!, below);
  }
  let above = 1 + LINE / 2;
  for (const index of order.toReversed()) {
    heights[index] = Math.min(heights[index]!, above);
    above = heights[index]! - LINE;
  }
  return heights;
}

function nearest(values: readonly number[], wanted: number): number {
  let best = 0;
  values.forEach((value, i) => {
    if (Math.abs(value - wanted) < Math.abs(values[best]! - wanted)) best = i;
  });
  return best;
}
