import { escapeHtml } from "../plots/escape_html.ts";

/** A table of texts and numbers; the first column names the rows. */
export interface Table {
  /** What stands over the columns. */
  readonly columns: readonly string[];
  /** The cells of each row: numbers are set to the right, null is written "-". */
  readonly rows: readonly (readonly (string | number | null)[])[];
}

/** A table as HTML: columns of numbers, and of texts that begin like one, are set to the right. */
export function tableHtml({ columns, rows }: Table): string {
  const numeric = columns.map((_, i) => i > 0 && rows.every((row) => isNumeric(row[i] ?? null)));
  const cell = (tag: string, i: number, text: string) =>
    `<${tag}${numeric[i] ? ' style="text-align:right;white-space:nowrap"' : ' style="text-align:left"'}>${
      escapeHtml(text)
    }</${tag}>`;
  const head = columns.map((column, i) => cell("th", i, column)).join("");
  const body = rows.map((row) => `<tr>${row.map((value, i) => cell("td", i, written(value))).join("")}</tr>`);
  return `<table><thead><tr>${head}</tr></thead><tbody>${body.join("\n")}</tbody></table>`;
}

/** A table as text in columns, for a terminal. */
export function tableText({ columns, rows }: Table): string {
  const cells = [[...columns], ...rows.map((row) => row.map(written))];
  const widths = columns.map((_, i) => Math.max(...cells.map((row) => (row[i] ?? "").length)));
  const numeric = columns.map((_, i) => i > 0 && rows.every((row) => isNumeric(row[i] ?? null)));
  return cells.map((row) =>
    row.map((text, i) => numeric[i] ? text.padStart(widths[i]!) : text.padEnd(widths[i]!)).join("  ")
      .trimEnd()
  ).join("\n");
}

function written(value: string | number | null): string {
  return value === null ? "-" : typeof value === "number" ? value.toLocaleString("en") : value;
}

function isNumeric(value: string | number | null): boolean {
  return value === null || typeof value === "number" || /^([-+.]?\d|-?$)/.test(value);
}
