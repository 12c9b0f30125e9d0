import { findingTitle } from "../dataset/finding_title.ts";
import { findingMenu } from "./_finding_menu.ts";
import { axis, COLOURS, layout, rounded } from "./_theme.ts";
import type { Figure } from "./figure.ts";

/** A point of a label's abstention curve. */
export interface AbstentionPoint {
  /** The level of the sets. */
  level: number;
  /** The fraction of the images that are left undecided. */
  abstained: number;
  /** Of the decided images with the finding, the fraction called absent; null where none is decided. */
  missed: number | null;
  /** Of the decided images without the finding, the fraction called present. */
  falseAlarms: number | null;
}

/**
 * Lines: how often the images that are decided are decided wrongly, by how many are left undecided as the level of the sets
 * rises. A menu chooses the label; the first is shown.
 */
export function abstentionFigure(
  labels: readonly { label: string; points: readonly AbstentionPoint[] }[],
): Figure {
  const kinds = [
    { name: "With the finding, called absent", of: "missed", color: COLOURS.vermilion, dash: "solid" },
    { name: "Without it, called present", of: "falseAlarms", color: COLOURS.blue, dash: "dash" },
  ] as const;
  const traces = kinds.flatMap(({ name, of, color, dash }) =>
    labels.map(({ label, points }, i) => ({
      type: "scatter",
      mode: "lines+markers",
      name,
      x: points.map(({ abstained }) => rounded(abstained)),
      y: points.map((point) => point[of] === null ? null : rounded(point[of])),
      customdata: points.map(({ level }) => level),
      visible: i === 0,
      line: { color, width: 1.5, dash },
      marker: { size: 6 },
      hovertemplate: `level %{customdata:.3~f}: %{x:.1%} undecided, %{y:.1%} of the others wrong<extra>${
        findingTitle(label)
      }</extra>`,
    }))
  );
  return {
    data: traces,
    layout: layout("Abstention", {
      height: 460,
      margin: { l: 56, r: 20, t: 64, b: 110 },
      xaxis: axis("Images left undecided", { range: [-0.02, 1.02], tickformat: ".0%" }),
      yaxis: axis("Wrong, of the decided", { rangemode: "tozero", tickformat: ".0%" }),
      updatemenus: [findingMenu(labels.map(({ label }) => label), { traces: traces.length })],
    }),
  };
}
