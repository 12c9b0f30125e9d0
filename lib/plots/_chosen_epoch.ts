import { GREY } from "./_theme.ts";
import type { Json } from "./figure.ts";

/** An upright line with its name at the chosen one of so many epochs, as parts of a layout; nothing when none is. */
export function chosenEpoch(epoch: number | undefined, epochs: number): { [attribute: string]: Json } {
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
      ...(epoch > 0.6 * epochs ? { xanchor: "right", xshift: -4 } : { xanchor: "left", xshift: 4 }),
      showarrow: false,
    }],
  };
}
