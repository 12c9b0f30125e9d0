import type { Json, Layout } from "./figure.ts";

/**
 * Colours that the colour-blind can tell apart (Okabe and Ito, 2008, "Color Universal Design"), without black and
 * yellow, which vanish on a dark or a light page.
 */
export const COLOURS = {
  blue: "#0072B2",
  orange: "#E69F00",
  green: "#009E73",
  vermilion: "#D55E00",
  sky: "#56B4E9",
  purple: "#CC79A7",
} as const;

/** The colours in the order in which the traces of a figure take them. */
export const CYCLE = [
  COLOURS.blue,
  COLOURS.orange,
  COLOURS.green,
  COLOURS.purple,
  COLOURS.vermilion,
  COLOURS.sky,
] as const;

/** Text and lines of reference: a grey with a contrast of 4 or more on white and on a dark page. */
export const GREY = "#7a7a7a";

/** Lines of the grid, faint on white and on black. */
export const GRID = "rgba(128,128,128,0.25)";

/** The font of all figures, as far as the reader has it. */
export const FONT = "Open Sans, Segoe UI, Helvetica, Arial, sans-serif";

/** A colour scale for counts and shares, light to dark blue; opaque, so that Plotly can choose a text colour. */
export const BLUES: Json = [[0, "#e8f1f7"], [0.5, "#74b0d5"], [1, "#0072B2"]];

/** An axis with a title; `options` are Plotly's and win. */
export function axis(title: string, options: { readonly [attribute: string]: Json } = {}) {
  return {
    title: { text: title, standoff: 8 },
    automargin: true,
    gridcolor: GRID,
    zerolinecolor: GRID,
    linecolor: GRID,
    ...options,
  };
}

/** The pixels at the top of every figure that its title takes. */
export const TITLE_HEIGHT = 30;

/** A layout in the common look: transparent, grey text, horizontal legend under the title. */
export function layout(
  title: string,
  options: { readonly height: number; readonly [attribute: string]: Json },
): Layout {
  return {
    title: {
      text: title,
      x: 0,
      xref: "container",
      xanchor: "left",
      y: 1,
      yref: "container",
      yanchor: "top",
      pad: { l: 12, t: 12 },
      font: { size: 15 },
    },
    font: { family: FONT, size: 12, color: GREY },
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    margin: { l: 56, r: 20, t: 64, b: 48 },
    legend: { orientation: "h", x: 0, xanchor: "left", y: 1, yanchor: "bottom" },
    hoverlabel: { font: { family: FONT } },
    ...options,
  };
}

/** The dashed diagonal from (0, 0) to (1, 1): chance in a ROC curve, perfection in a reliability diagram. */
export function diagonal(xref = "x", yref = "y"): Json {
  return {
    type: "line",
    xref,
    yref,
    x0: 0,
    y0: 0,
    x1: 1,
    y1: 1,
    layer: "below",
    line: { color: GREY, width: 1, dash: "dot" },
  };
}

/** A number with at most `digits` decimals, to keep specifications small. */
export function rounded(value: number, digits = 4): number {
  return Number(value.toFixed(digits));
}
