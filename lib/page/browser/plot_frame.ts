/// <reference lib="dom" />
import { svgElement } from "./dom.ts";

/** Width and height of a plot, without its labels. */
export const SIDE = 100;

/** What a plot's axes are called, and how high their names and numbers are. */
export interface PlotAxes {
  /** The horizontal axis. */
  x: string;
  /** Where the horizontal axis' name is written. */
  xAt: number;
  /** The vertical axis. */
  y: string;
}

/** Makes a square plot with a frame and named axes, which screen readers meet as one picture. */
export function plotFrame(label: string, { x, xAt, y }: PlotAxes, ...drawn: SVGElement[]): SVGElement {
  return svgElement(
    "svg",
    { viewBox: "-14 -4 122 124", class: "roc", role: "img", "aria-label": label },
    svgElement("rect", { width: SIDE, height: SIDE, class: "frame" }),
    ...drawn,
    plotText(x, { x: SIDE / 2, y: xAt }),
    plotText(y, { x: 0, y: 0, transform: "translate(-6 50) rotate(-90)" }),
  );
}

/** Words in a plot, centred on their position. */
export function plotText(
  words: string,
  position: { x: number; y: number; transform?: string },
): SVGElement {
  return svgElement("text", { ...position, "text-anchor": "middle" }, words);
}
