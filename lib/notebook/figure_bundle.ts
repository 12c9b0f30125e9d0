import type { Figure } from "../plots/figure.ts";
import { figureToSvg } from "../plots/figure_svg.ts";
import { pictureWidth } from "../plots/picture_width.ts";
import type { MimeBundle } from "./_display.ts";
import { PLOTLY } from "./notebook_file.ts";

/** A figure as an output: Plotly's specification, an SVG picture for readers without Plotly, and a line of text. */
export async function figureBundle(figure: Figure): Promise<MimeBundle> {
  return {
    ...plotlyBundle(figure),
    "image/svg+xml": await figureToSvg(figure, { width: pictureWidth(figure) }),
  };
}

/** The same without the picture, which takes a tenth of a second. */
export function plotlyBundle(figure: Figure): MimeBundle {
  const { title } = figure.layout as { title?: { text?: string } };
  return { [PLOTLY]: figure, "text/plain": `Figure: ${title?.text ?? "untitled"}` };
}

/** An output of another MIME type: JupyterLab's extension draws a figure again only after something else was there. */
export function emptyBundle(height: number): MimeBundle {
  return { "text/html": `<div style="height:${height}px"></div>` };
}
