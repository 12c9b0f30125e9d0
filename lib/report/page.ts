import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { STYLE } from "./_page_style.ts";
import { plotlyFile } from "../plots/_plotly.ts";
import { escapeHtml } from "../plots/escape_html.ts";
import { TITLE_HEIGHT } from "../plots/_theme.ts";
import type { Figure, Layout } from "../plots/figure.ts";
import type { CaptionedPicture } from "../plots/pictures/grid.ts";
import { type Table, tableHtml } from "./table.ts";

/** A page that stands in one file. All texts are plain: what looks like HTML in them is shown as it is. */
export interface Page {
  /** The heading. */
  title: string;
  /** What the page is about, in a sentence or two. */
  lead: string;
  /** The numbers to be seen first, each with its name. */
  highlights: readonly Highlight[];
  /** What has to be known before anything is read, such as that numbers are small. */
  warnings: readonly string[];
  /** The body. */
  sections: readonly Section[];
  /** The last lines. */
  footer: readonly string[];
}

/** A number to be seen first, with its name. */
export interface Highlight {
  name: string;
  value: string;
  /** What is said of it in small letters. */
  detail?: string;
}

/** A part of a page. */
export interface Section {
  /** Its heading. */
  title: string;
  /** How to read it, in a sentence or two. */
  howToRead: string;
  /** What it holds, in order. */
  blocks: readonly Block[];
}

/** Something in a section. A wide figure is scrolled sideways on a narrow screen, others shrink; a folded table is opened by its caption. */
export type Block =
  | { figure: Figure; wide?: boolean }
  | { table: Table; caption?: string; folded?: false }
  | { table: Table; caption: string; folded: boolean }
  | { pictures: readonly CaptionedPicture[] }
  | { links: readonly Link[] }
  | { note: string };

/** A page that lies beside this one, or below it. */
export interface Link {
  text: string;
  /** Its path from this page's folder, such as `fold-1/report.html`. */
  path: string;
}

/** Sentences as blocks of a section. */
export function notesOf(notes: readonly string[]): Block[] {
  return notes.map((note) => ({ note }));
}

/**
 * Writes a page as HTML that needs nothing else: plotly.js, figures and pictures are in it, and it may load nothing
 * (its Content-Security-Policy says so). About 1.6 MB and what its pictures take.
 */
export async function pageHtml(page: Page): Promise<string> {
  const plotly = page.sections.some(({ blocks }) => blocks.some((block) => "figure" in block))
    ? inScript(await Deno.readTextFile(plotlyFile()))
    : "";
  const contents = page.sections.map(({ title }, i) =>
    `<li><a href="#s${i + 1}">${escapeHtml(title)}</a></li>`
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="${policy([STYLE, NOTHING], [plotly, DRAW])}">
<title>${escapeHtml(page.title)}</title>
<style>${STYLE}</style>
</head>
<body>
<header>
<h1>${escapeHtml(page.title)}</h1>
<p class="lead">${escapeHtml(page.lead)}</p>
<dl class="highlights">${page.highlights.map(highlightHtml).join("")}</dl>
${page.warnings.map((text) => `<p class="warning">${escapeHtml(text)}</p>`).join("\n")}
</header>
<nav aria-label="Contents"><ol>${contents.join("")}</ol></nav>
<main>
<noscript><p class="warning">The figures need JavaScript; tables and pictures do not.</p></noscript>
${page.sections.map(sectionHtml).join("\n")}
</main>
<footer>${page.footer.map((text) => `<p>${escapeHtml(text)}</p>`).join("")}</footer>
<script>${plotly}</script>
<script>${DRAW}</script>
</body>
</html>
`;
}

/** What plotly.js puts into the page as a style before it adds rules to it. */
const NOTHING = "";

/** A Content-Security-Policy by which the page loads nothing, and runs and looks like these texts of its own only. */
function policy(styles: readonly string[], scripts: readonly string[]): string {
  const hashes = (texts: readonly string[]) =>
    texts.map((text) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`).join(" ");
  return `default-src 'none'; style-src ${hashes(styles)}; script-src ${
    hashes(scripts)
  }; img-src data: blob:`;
}

/**
 * Draws every figure of the page and names it for screen readers; before printing it gives them the width of the paper
 * and unfolds tables. plotly.js writes styles as attributes, which the policy refuses, so they are set as properties.
 */
const DRAW = `
const { setAttribute } = Element.prototype;
Element.prototype.setAttribute = function (name, value) {
  if (name === "style") this.style.cssText = value;
  else setAttribute.call(this, name, value);
};
const figures = [...document.querySelectorAll(".figure")];
const drawn = (async () => {
  for (const figure of figures) {
    const { data, layout } = JSON.parse(figure.querySelector("script").textContent);
    const plot = figure.querySelector("div");
    figure.style.minHeight = layout.height + "px";
    await Plotly.newPlot(plot, data, layout, { responsive: true, displaylogo: false, showSendToCloud: false });
    for (const svg of plot.querySelectorAll("svg")) svg.setAttribute("aria-hidden", "true");
    const picture = plot.querySelector("svg.main-svg");
    picture.removeAttribute("aria-hidden");
    picture.setAttribute("role", "img");
    picture.setAttribute("aria-labelledby", plot.getAttribute("aria-labelledby"));
  }
  document.documentElement.dataset.figures = figures.length;
})();
addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((d) => d.open = true));
addEventListener("beforeprint", () => figures.forEach((f) => Plotly.relayout(f.querySelector("div"), { width: 680 })));
addEventListener("afterprint", () => figures.forEach((f) => Plotly.relayout(f.querySelector("div"), { width: null, autosize: true })));
`;

function highlightHtml({ name, value, detail }: Page["highlights"][number]): string {
  const small = detail === undefined ? "" : `<small>${escapeHtml(detail)}</small>`;
  return `<div><dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}${small}</dd></div>`;
}

function sectionHtml({ title, howToRead, blocks }: Section, index: number): string {
  const id = `s${index + 1}`;
  return `<section id="${id}">
<h2 id="${id}-title">${escapeHtml(title)}</h2>
<p class="how">${escapeHtml(howToRead)}</p>
${blocks.map((block, nth) => blockHtml(block, { section: `${id}-title`, id: `${id}-${nth + 1}` })).join("\n")}
</section>`;
}

/** A block's own id, for its name, and that of its section's heading, which names it where it has none. */
interface Names {
  id: string;
  section: string;
}

function blockHtml(block: Block, { id, section }: Names): string {
  if ("figure" in block) return figureHtml(block.figure, { id, wide: block.wide ?? false });
  if ("table" in block) {
    const { table, folded, caption } = block;
    const labelledBy = caption === undefined ? section : id;
    const scrolled = scroll(tableHtml(table, { classes: true, labelledBy }), labelledBy);
    const name = caption === undefined ? "" : escapeHtml(caption);
    if (folded) return `<details><summary id="${id}">${name}</summary>${scrolled}</details>`;
    return name === "" ? scrolled : `<p class="caption" id="${id}">${name}</p>${scrolled}`;
  }
  if ("pictures" in block) return `<div class="pictures">${block.pictures.map(pictureHtml).join("\n")}</div>`;
  if ("links" in block) return `<p>${block.links.map(linkHtml).join(", ")}</p>`;
  return `<p>${escapeHtml(block.note)}</p>`;
}

function linkHtml({ text, path }: Link): string {
  return `<a href="${path.split("/").map(encodeURIComponent).join("/")}">${escapeHtml(text)}</a>`;
}

/** What is scrolled sideways where it is too wide, by the keyboard too. */
function scroll(html: string, labelledBy: string): string {
  return `<div class="scroll" tabindex="0" role="group" aria-labelledby="${labelledBy}">${html}</div>`;
}

/** A figure with its title as a heading, which wraps where a narrow screen lets the legend take two lines. */
function figureHtml({ data, layout }: Figure, { id, wide }: { id: string; wide: boolean }): string {
  const { title, margin, ...rest } = layout as Layout & { title: { text: string }; margin: { t: number } };
  const height = layout.height - TITLE_HEIGHT;
  const untitled = { ...rest, height, margin: { ...margin, t: margin.t - TITLE_HEIGHT } };
  const content = JSON.stringify({ data, layout: untitled }).replaceAll("<", "\\u003c");
  const figure = `<div class="figure${wide ? " wide" : ""}"><div role="group" aria-labelledby="${id}"></div>
<script type="application/json">${content}</script></div>`;
  return `<h3 id="${id}">${escapeHtml(title.text)}</h3>\n${scroll(figure, id)}`;
}

function pictureHtml({ png, caption }: CaptionedPicture): string {
  const address = `data:image/png;base64,${Buffer.from(png).toString("base64")}`;
  return `<figure><img src="${address}" alt="${escapeHtml(caption)}"><figcaption>${
    escapeHtml(caption)
  }</figcaption></figure>`;
}

/** A script that does not end its element: what would, within its strings, is escaped. */
function inScript(source: string): string {
  return source.replace(/<(?=\/script|!--|script)/gi, "\\u003c");
}
