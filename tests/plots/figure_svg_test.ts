import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { JSDOM } from "jsdom";
import type { SvgElement } from "../../lib/plots/_svg_box.ts";
import { textWidth } from "../../lib/plots/_text_width.ts";
import { figureToSvg } from "../../lib/plots/figure_svg.ts";
import reference from "../fixtures/plots/pictures.json" with { type: "json" };
import { everyFigure } from "./_figures.ts";
import { PROJECT } from "../../lib/support/project.ts";

const figures = everyFigure();

/** What every figure has to show, by CSS selector. */
const MARKS: Readonly<Record<string, string>> = {
  confusion: "rect[fill]",
  finding_pairs: "rect[fill]",
  threshold: "rect[fill]",
};

Deno.test("each figure is drawn as it is stored: a well-formed, small SVG with marks and its title", async () => {
  for (const [name, figure] of Object.entries(figures)) {
    const svg = await figureToSvg(figure);
    const stored = `tests/fixtures/plots/${name}.svg`;
    assert.equal(
      `${svg}\n`,
      await Deno.readTextFile(stored),
      `${stored} (tests/oracles/figures.ts stores it anew)`,
    );
    assert(svg.length < 60_000, `${name}: ${svg.length}`);
    const { document } = new JSDOM(svg, { contentType: "image/svg+xml" }).window;
    const { title } = figure.layout as unknown as { title: { text: string } };
    assert(document.querySelector("text")?.textContent, name);
    assert(
      [...document.querySelectorAll("text")].some(({ textContent }) => textContent === title.text),
      name,
    );
    assert(document.querySelectorAll(MARKS[name] ?? "path[d]").length >= 2, name);
    assert(!/NaN|undefined|xlink:href|class=/.test(svg), name);
  }
});

Deno.test("a figure is drawn the same every time: again, after others, and by another process", async () => {
  const names = ["roc_by_label", "threshold", "confusion", "finding_pairs"];
  const drawn = (names: readonly string[]) =>
    Array.fromAsync(names, async (name) => [name, await figureToSvg(figures[name]!)] as const);
  const once = Object.fromEntries(await drawn(names));
  assert.deepEqual(Object.fromEntries(await drawn(names.toReversed())), once);
  const code = `
    const { figureToSvg } = await import("${new URL("../../lib/plots/figure_svg.ts", import.meta.url)}");
    const { everyFigure } = await import("${new URL("./_figures.ts", import.meta.url)}");
    const figures = everyFigure();
    const drawn = {};
    for (const name of ${JSON.stringify(names.toReversed())}) drawn[name] = await figureToSvg(figures[name]);
    console.log(JSON.stringify(drawn));`;
  const args = ["eval", "--config", fileURLToPath(new URL("../../deno.json", import.meta.url)), code];
  const { stdout } = await new Deno.Command(Deno.execPath(), { args }).output();
  assert.deepEqual(JSON.parse(new TextDecoder().decode(stdout)), once);
});

Deno.test("ids differ between figures, so that two can stand in one page", async () => {
  const ids = async (name: string) =>
    [...(await figureToSvg(figures[name]!)).matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
  const [roc, loss] = [await ids("roc"), await ids("loss_by_epoch")];
  assert(roc.length > 0 && loss.length > 0);
  assert.deepEqual(roc.filter((id) => loss.includes(id)), []);
});

Deno.test("an SVG is as wide as asked for, and as high as the figure says", async () => {
  const svg = await figureToSvg(figures.loss_by_epoch!, { width: 500 });
  assert.match(svg, /<svg [^>]*width="500" height="360"/);
});

Deno.test("names of rows have room on the left, as a browser gives them", async () => {
  const { document } =
    new JSDOM(await figureToSvg(figures.label_counts!), { contentType: "image/svg+xml" }).window;
  const names = [...document.querySelectorAll('text[text-anchor="end"]')] as SvgElement[];
  const longest = names.find(({ textContent }) => textContent.startsWith("Pleural thickening"))!;
  assert(Number(longest.getAttribute("x")) - 12 * textWidth("Pleural thickening") >= 0);
});

Deno.test("text widths are a tenth more than FreeType measures in Open Sans", () => {
  for (const { text, width } of reference.widths) {
    assert(
      Math.abs(textWidth(text) - 1.1 * width) < 0.005 * text.length,
      `${text}: ${textWidth(text)}, ${width}`,
    );
  }
});

Deno.test("what draws here, what a report holds and what JupyterLab draws with are one version of plotly.js", async () => {
  const versionIn = async (...path: string[]) =>
    JSON.parse(await Deno.readTextFile(join(PROJECT, ...path, "package.json")));
  const { version } = await versionIn("node_modules", "plotly.js-dist");
  assert.equal((await versionIn("node_modules", "plotly.js-cartesian-dist-min")).version, version);
  const lab = [".venv", "share", "jupyter", "labextensions", "jupyterlab-plotly"];
  assert.equal((await versionIn(...lab)).dependencies["plotly.js"], version);
});
