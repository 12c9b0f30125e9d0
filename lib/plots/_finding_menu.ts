import { findingTitle } from "../dataset/finding_title.ts";
import { GRID } from "./_theme.ts";
import type { Json } from "./figure.ts";

/** A menu below a figure that shows the traces of one label: trace i is of label i modulo their number. */
export function findingMenu(labels: readonly string[], { traces }: { traces: number }): Json {
  return {
    active: 0,
    direction: "up",
    x: 0,
    xanchor: "left",
    y: -0.18,
    yanchor: "top",
    bgcolor: "rgba(128,128,128,0.12)",
    bordercolor: GRID,
    buttons: labels.map((label, shown) => ({
      label: findingTitle(label),
      method: "restyle",
      args: [{ visible: Array.from({ length: traces }, (_, trace) => trace % labels.length === shown) }],
    })),
  };
}
