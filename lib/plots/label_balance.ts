import type { LabelCount } from "../dataset/label_counts.ts";
import { axis, CYCLE, layout } from "./_theme.ts";
import { findingTitle } from "../dataset/finding_title.ts";
import type { Figure } from "./figure.ts";

/** The label counts of one set of a split. */
export interface SubsetCounts {
  /** The set. */
  name: string;
  /** The count of each label in it. */
  counts: readonly LabelCount[];
}

/** Dots: the prevalence of each label in each set; sets that agree lie on top of each other. */
export function labelBalanceFigure(subsets: readonly SubsetCounts[]): Figure {
  const order = [...subsets[0]!.counts].sort((a, b) => a.prevalence - b.prevalence).map(({ label }) => label);
  const data = subsets.map(({ name, counts }, index) => {
    const byLabel = new Map(counts.map((count) => [count.label, count]));
    return {
      type: "scatter",
      mode: "markers",
      name,
      x: order.map((label) => byLabel.get(label)?.prevalence ?? null),
      y: order.map(findingTitle),
      customdata: order.map((label) => byLabel.get(label)?.positives ?? null),
      marker: {
        color: CYCLE[index % CYCLE.length]!,
        size: 10,
        symbol: ["circle", "diamond", "square"][index % 3]!,
      },
      hovertemplate: `%{y}: %{x:.2%}, %{customdata:,} images<extra>${name}</extra>`,
    };
  });
  const positive = subsets.every(({ counts }) => counts.every((count) => count.positives > 0));
  return {
    data,
    layout: layout("Prevalence of each finding by set", {
      height: 460,
      xaxis: axis(positive ? "Prevalence (logarithmic)" : "Prevalence", {
        type: positive ? "log" : "linear",
        tickformat: "~%",
        ...(positive ? { dtick: "D2" } : { rangemode: "tozero" }),
      }),
      yaxis: axis("", { ticksuffix: " " }),
    }),
  };
}
