/// <reference lib="dom" />
import { element } from "./dom.ts";

/** Shows the Markdown that model cards are written in: headings, paragraphs, tables, bold and code. Nothing in it is HTML. */
export function markdown(text: string): HTMLElement {
  const blocks = text.split(/\n{2,}/).map((block) => block.trim()).filter((block) => block !== "");
  return element("div", { className: "card" }, ...blocks.map(blockOf));
}

function blockOf(block: string): HTMLElement {
  const [, marks, title] = block.match(/^(#{1,4}) (.*)$/) ?? [];
  if (marks !== undefined) return element(marks.length === 1 ? "h2" : "h3", {}, ...inline(title!));
  const lines = block.split("\n");
  if (!lines.every((line) => line.startsWith("|"))) return element("p", {}, ...inline(block));
  const rows = lines.filter((_, i) => i !== 1).map(cellsOf);
  const [header, ...body] = rows;
  return element(
    "div",
    { className: "scroll", tabIndex: 0, role: "region", "aria-label": "Table" },
    element(
      "table",
      {},
      element(
        "thead",
        {},
        element("tr", {}, ...header!.map((cell) => element("th", { scope: "col" }, ...inline(cell)))),
      ),
      element(
        "tbody",
        {},
        ...body.map((cells) => element("tr", {}, ...cells.map((cell) => element("td", {}, ...inline(cell))))),
      ),
    ),
  );
}

/** The cells of a table's line; a bar with a backslash before it belongs to a cell. */
function cellsOf(line: string): string[] {
  return line.slice(1, -1).split(/(?<!\\)\|/).map((cell) => cell.trim());
}

function inline(text: string): (Node | string)[] {
  return text.split(/(\*\*.+?\*\*|`[^`]+`)/).filter((part) => part !== "").map((part) => {
    if (part.startsWith("**")) return element("b", {}, plain(part.slice(2, -2)));
    if (part.startsWith("`")) return element("code", {}, part.slice(1, -1));
    return plain(part);
  });
}

/** A text without the backslashes that keep its characters from meaning something. */
function plain(text: string): string {
  return text.replace(/\\([!-/:-@[-`{-~])/g, "$1");
}
