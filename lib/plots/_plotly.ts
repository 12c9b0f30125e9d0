import { createRequire } from "node:module";
import { boxIn, type SvgElement } from "./_svg_box.ts";
import type { Figure } from "./figure.ts";

/** A page of jsdom in which plotly.js is loaded. */
export interface PlotlyPage {
  /** Draws a figure as an SVG document. */
  draw(figure: Figure, size: { width: number; height: number }): Promise<string>;
  /** Reads an SVG document. */
  parse(svg: string): SvgElement;
  /** Writes an SVG document. */
  serialize(svg: SvgElement): string;
}

/** The file of plotly.js for pages that hold it: the minified build for plots with Cartesian axes, 1.5 MB. */
export function plotlyFile(): string {
  return createRequire(import.meta.url).resolve("plotly.js-cartesian-dist-min");
}

/** The file of plotly.js that draws here: the whole of the same version. */
function wholePlotlyFile(): string {
  return createRequire(import.meta.url).resolve("plotly.js-dist");
}

/**
 * Loads plotly.js into a page of jsdom, which knows no sizes: they are computed here, texts by the widths of Open
 * Sans. Takes about a second.
 */
export async function loadPlotly(): Promise<PlotlyPage> {
  const { JSDOM } = await import("jsdom");
  const { window } = new JSDOM("", { runScripts: "outside-only", pretendToBeVisual: true });
  window.URL.createObjectURL = () => "";
  Object.assign(window.SVGElement.prototype, {
    getBBox(this: SvgElement) {
      return boxIn(this, this);
    },
    getBoundingClientRect(this: SvgElement) {
      return boxIn(this, null);
    },
    getComputedTextLength(this: SvgElement) {
      return boxIn(this, this).width;
    },
  });
  Object.assign(window.HTMLCanvasElement.prototype, { getContext: rectanglesOf, toDataURL: drawnRectangles });
  window.eval(await Deno.readTextFile(wholePlotlyFile()));
  return {
    draw: (figure, size) => window.Plotly.toImage(figure, { format: "svg", imageDataOnly: true, ...size }),
    parse: (svg) => new window.DOMParser().parseFromString(svg, "image/svg+xml").documentElement,
    serialize: (svg) => new window.XMLSerializer().serializeToString(svg),
  };
}

/** A canvas, with the rectangles that were drawn on it. */
interface Canvas {
  rectangles?: string[];
}

/** A drawing context that keeps rectangles as SVG: all that plotly.js needs of a canvas, for heat maps. */
function rectanglesOf(this: Canvas) {
  const rectangles: string[] = [];
  this.rectangles = rectangles;
  return {
    fillStyle: "",
    fillRect(x: number, y: number, width: number, height: number) {
      rectangles.push(
        `<rect x="${x}" y="${y}" width="${width}" height="${height}" fill="${this.fillStyle}"/>`,
      );
    },
  };
}

/** The rectangles in place of the picture's address; `figureToSvg` puts them in place of the picture. */
function drawnRectangles(this: Canvas): string {
  return this.rectangles?.join("") ?? "";
}
