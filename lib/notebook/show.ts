import { Buffer } from "node:buffer";
import { type MimeBundle, openDisplay } from "./_display.ts";
import { emptyBundle, figureBundle, plotlyBundle } from "./figure_bundle.ts";
import { sendOutputsBeforeCellsEnd } from "./_sent_outputs.ts";
import type { Figure } from "../plots/figure.ts";
import { type Table, tableHtml, tableText } from "../report/table.ts";

/** The name under which the Deno kernel asks a value for its output. */
export const display: unique symbol = Symbol.for("Jupyter.display");

sendOutputsBeforeCellsEnd();

/** What the Deno kernel displays as an output when it is the last value of a cell. */
export interface Shown {
  /** Makes the output. */
  [display](): MimeBundle | Promise<MimeBundle>;
}

/**
 * Shows a figure: interactive where the reader has Plotly (JupyterLab with its extension, VS Code), else as an SVG
 * picture (GitHub, nbconvert, an untrusted notebook).
 */
export function show(figure: Figure): Shown {
  return { [display]: () => figureBundle(figure) };
}

/** Shows a picture, the bytes of a PNG; `text` is what stands for it in a terminal. */
export function showPicture(png: Uint8Array, text = "A picture"): Shown {
  return { [display]: () => ({ "image/png": Buffer.from(png).toString("base64"), "text/plain": text }) };
}

/** Shows a table. */
export function showTable(table: Table): Shown {
  return { [display]: () => ({ "text/html": tableHtml(table), "text/plain": tableText(table) }) };
}

/** A figure in a notebook that changes while a cell runs, and after it has ended. */
export interface LiveFigure {
  /** Draws the figure anew in the same place, without the SVG picture: that would take a tenth of a second. */
  update(figure: Figure): Promise<void>;
  /** Draws the figure for the last time, with the SVG picture that a stored notebook needs. */
  finish(figure: Figure): Promise<void>;
}

/** Shows a figure below the cell at once, and gives what changes it later. For the Deno kernel only. */
export async function showLive(figure: Figure): Promise<LiveFigure> {
  const send = await openDisplay(plotlyBundle(figure));
  const replace = async (bundle: MimeBundle, { layout }: Figure) => {
    await send(emptyBundle(layout.height));
    await send(bundle);
  };
  return {
    update: (figure) => replace(plotlyBundle(figure), figure),
    finish: async (figure) => replace(await figureBundle(figure), figure),
  };
}
