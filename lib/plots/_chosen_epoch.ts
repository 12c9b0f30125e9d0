import { GREY } from "./_theme.ts";
import type { Json } from "./figure.ts";

/** An upright line with its name at the chosen epoch, as parts of a layout; nothing when none is chosen. */
export function chosenEpoch(epoch: number | undefined): { [attribute: string]: Json } {
  if (epoch === undefined) return {};
  return {
    shapes: [{
      type: "line",
      x0: epoch,
      x1: epoch,
      yref: "paper",
      y0: 0,
      y1: 1,
      layer: "below",
      line: { color: GREY, width: 1.5, dash: "dash" },
    }],
    annotations: [{
      text: `chosen: epoch ${epoch}`,
      x: epoch,
      yref: "paper",
      y: 1,
      yanchor: "top",
      xanchor: "left",
      xshift: 4,
      showarrow: false,
    }],
  };
}
