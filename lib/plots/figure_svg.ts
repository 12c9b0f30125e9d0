import { random } from "../support/random.ts";
import { compactSvg } from "./_compact_svg.ts";
import { loadPlotly, type PlotlyPage } from "./_plotly.ts";
import { FONT } from "./_theme.ts";
import type { Figure } from "./figure.ts";

/** How a figure is drawn. */
export interface SvgOptions {
  /** Width in pixels; the height is the figure's own. Default: 760. */
  width?: number;
}

let page: Promise<PlotlyPage> | undefined;

/**
 * Draws a figure as an SVG picture, with plotly.js in jsdom: no browser is needed. The same figure gives the same
 * text. The first call takes about a second, a later one about a tenth of it.
 */
export async function figureToSvg(figure: Figure, options: SvgOptions = {}): Promise<string> {
  const { width = 760 } = options;
  page ??= loadPlotly();
  const { draw, parse, serialize } = await page;
  const drawn = await draw(structuredClone(figure), { width, height: figure.layout.height });
  const svg = parse(drawn.replace(/<image [^>]*href="([^"]*)"[^>]*\/>/g, (_, drawn) => unescaped(drawn)));
  compactSvg(svg);
  svg.setAttribute("font-family", FONT);
  return named(serialize(svg), { from: drawn, name: JSON.stringify(figure) });
}

/** Gives the ids in the document, random in `from`, names that are the same for the same figure. */
function named(svg: string, { from, name }: { from: string; name: string }): string {
  const { integer } = random(name);
  const ids = [...from.matchAll(/id="defs-(\w{6})|id="g\w{6}-cb(\w+)"/g)].map(([, uid, colorbar]) =>
    uid ?? colorbar!
  );
  return ids.reduce((named, id) => named.replaceAll(id, integer(2 ** 30).toString(36)), svg);
}

function unescaped(text: string): string {
  return text.replaceAll("&#60;", "<").replaceAll("&#62;", ">").replaceAll("&quot;", '"');
}
