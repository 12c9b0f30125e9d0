import { axis } from "./_theme.ts";
import type { Json } from "./figure.ts";

/** The horizontal axis of epochs, ticks at whole ones only; `options` are Plotly's and win. */
export function epochAxis(first: number, last: number, options: { readonly [attribute: string]: Json } = {}) {
  const margin = 0.03 * Math.max(1, last - first);
  return axis("Epoch", {
    range: [first - margin, last + margin],
    tickformat: "d",
    ...(last - first <= 15 ? { dtick: 1 } : {}),
    ...options,
  });
}
