import type { Figure } from "./figure.ts";
import { textWidth } from "./_text_width.ts";

/** A width at which texts can be read where a phone draws the picture to its own width. */
const NARROW = 520;

/** The width of figures that need room. */
const WIDE = 760;

/** What stands beside each name in a legend, and what does beside the axes, in pixels. */
const SYMBOL = 46;
const SIDES = 76;

/**
 * How wide a picture of a figure is drawn: narrow, so that it can be read on a phone, unless that would crowd it. Wide are
 * figures of more than two panels, heat maps, and legends that would take more than a line.
 */
export function pictureWidth({ data, layout }: Figure): number {
  const panels = Object.keys(layout).filter((key) => /^xaxis\d*$/.test(key)).length;
  const { legend, font } = layout as { legend?: { orientation?: string }; font?: { size?: number } };
  const names = data.filter(({ name, showlegend, legendgroup }, i) =>
    typeof name === "string" && showlegend !== false &&
    (legendgroup === undefined || data.findIndex((other) => other.legendgroup === legendgroup) === i)
  );
  const legendWidth = legend?.orientation === "h" && names.length > 1
    ? names.reduce((sum, { name }) => sum + SYMBOL + (font?.size ?? 12) * textWidth(String(name)), 0)
    : 0;
  const isCrowded = panels > 2 || data.some(({ type }) => type === "heatmap") ||
    legendWidth > NARROW - SIDES;
  return isCrowded ? WIDE : NARROW;
}
