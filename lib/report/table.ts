import { escapeHtml } from "../plots/escape_html.ts";
import { counted } from "../support/decimals.ts";

/** A table of texts and numbers; the first column names the rows. */
export interface Table {
  /** What stands over the columns. */
  readonly columns: readonly string[];
  /** The cells of each row: numbers are set to the right, null is written "-". */
  readonly rows: readonly (readonly (string | number | null)[])[];
}

/** How a table is written as HTML. */
export interface TableHtmlOptions {
  /** Whether columns of numbers are set to the right by the class `number` instead of by styles of their own. */
  classes?: boolean;
  /** The id of the element that names the table. */
  labelledBy?: string;
}

/** A table as HTML: columns of numbers, and of texts that begin like one, are set to the right. */
export function tableHtml({ columns, rows }: Table, options: TableHtmlOptions = {}): string {
  const { classes = false, labelledBy } = options;
  const numeric = columns.map((_, i) => i > 0 && rows.every((row) => isNumeric(row[i] ?? null)));
  const look = (i: number) =>
    classes
      ? numeric[i] ? ' class="number"' : ""
      : ` style="text-align:${numeric[i] ? "right;white-space:nowrap" : "left"}"`;
  const head = columns.map((text, i) => {
    return text === "" ? `<td${look(i)}></td>` : `<th scope="col"${look(i)}>${escapeHtml(text)}</th>`;
  });
  const body = rows.map((row) =>
    `<tr>${
      row.map((value, i) => {
        const text = escapeHtml(written(value));
        return i === 0 ? `<th scope="row"${look(i)}>${text}</th>` : `<td${look(i)}>${text}</td>`;
      }).join("")
    }</tr>`
  );
  const name = labelledBy === undefined ? "" : ` aria-labelledby="${labelledBy}"`;
  return `<table${name}><thead><tr>${head.join("")}</tr></thead><tbody>${body.join("\n")}</tbody></table>`;
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
  return value === null ? "-" : typeof value === "number" ? counted(value) : value;
}

function isNumeric(value: string | number | null): boolean {
  return value === null || typeof value === "number" || /^([-+.]?\d|-?$)/.test(value);
}
