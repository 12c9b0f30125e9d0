import type { LabelCount } from "../dataset/label_counts.ts";
import { axis, CYCLE, layout } from "./_theme.ts";
import { findingTitle } from "../dataset/finding_title.ts";
import type { Figure } from "./figure.ts";

/** Images counted by label: a dataset before or after undersampling, or one of its sets. */
export interface CountedImages {
  /** What the legend calls them. */
  name: string;
  /** The count of each label. */
  counts: readonly LabelCount[];
  /** The images with no finding; left out of the figure when not given. */
  normal?: number;
}

/** Bars: images by label, the most frequent first, each group of images in its own colour. */
export function labelCountsFigure(
  groups: readonly CountedImages[],
  options: { title?: string } = {},
): Figure {
  const { title = "Images by finding" } = options;
  const sorted = [...groups[0]!.counts].sort((a, b) => b.positives - a.positives).map(({ label }) => label);
  const withNormal = groups.some((group) => group.normal !== undefined);
  const names = [...(withNormal ? ["No finding"] : []), ...sorted.map(findingTitle)];
  const data = groups.map((group, index) => {
    const positives = new Map(group.counts.map((count) => [count.label, count.positives]));
    const x = [
      ...(withNormal ? [group.normal ?? null] : []),
      ...sorted.map((label) => positives.get(label) ?? 0),
    ];
    return {
      type: "bar",
      orientation: "h",
      name: group.name,
      x,
      y: names,
      marker: { color: CYCLE[index % CYCLE.length]! },
      texttemplate: "%{x:,}",
      textposition: "outside",
      cliponaxis: false,
      hovertemplate: "%{y}: %{x:,} images<extra>" + group.name + "</extra>",
    };
  });
  return {
    data,
    layout: layout(title, {
      height: 110 + names.length * (10 + 15 * groups.length),
      barmode: "group",
      bargap: 0.25,
      showlegend: groups.length > 1,
      xaxis: axis("Images", { tickformat: "," }),
      yaxis: axis("", { ticksuffix: " ", showgrid: false, autorange: "reversed" }),
      margin: { l: 56, r: 60, t: 64, b: 48 },
    }),
  };
}
