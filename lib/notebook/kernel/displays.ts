import { escapeHtml } from "../../plots/escape_html.ts";

const DISPLAY = Symbol.for("Jupyter.display");

/** As many rows and columns of a table are shown. */
const MOST_ROWS = 20;
const MOST_COLUMNS = 16;

/** Lets an array of objects, such as the entries of a data set or a history, show itself as a table. */
export function letTablesShow(): void {
  Object.defineProperty(Array.prototype, DISPLAY, {
    configurable: true,
    writable: true,
    value(this: unknown[]) {
      const text = { "text/plain": Deno.inspect(this) };
      return isTable(this) ? { ...text, "text/html": objectsHtml(this) } : text;
    },
  });
}

type Row = Record<string, unknown>;

/** Whether an array holds plain objects only; of a long one the first are looked at. */
export function isTable(values: readonly unknown[]): values is readonly Row[] {
  return values.length > 0 &&
    values.slice(0, MOST_ROWS).every((value) =>
      typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype
    );
}

/** Objects as a table in HTML, a row each and a column a key; what is left out is counted. */
export function objectsHtml(rows: readonly Row[]): string {
  const shown = rows.slice(0, MOST_ROWS);
  const keys = [...new Set(shown.flatMap((row) => Object.keys(row)))];
  const columns = keys.slice(0, MOST_COLUMNS);
  const numeric = columns.map((key) => shown.every((row) => typeof (row[key] ?? 0) === "number"));
  const align = (index: number) => numeric[index] ? "right" : "left";
  const cells = (tag: string, texts: readonly string[]) =>
    texts.map((text, index) => `<${tag} style="text-align:${align(index)}">${escapeHtml(text)}</${tag}>`)
      .join("");
  const head = `<tr><th></th>${cells("th", columns)}</tr>`;
  const body = shown.map((row, index) =>
    `<tr><th>${index}</th>${cells("td", columns.map((key) => cellText(row[key])))}</tr>`
  );
  const more = [
    ...(rows.length > shown.length ? [`${(rows.length - shown.length).toLocaleString("en")} more rows`] : []),
    ...(keys.length > columns.length ? [`${keys.length - columns.length} more columns`] : []),
  ];
  return `<table><thead>${head}</thead><tbody>${body.join("")}</tbody></table>` +
    (more.length > 0 ? `<p>${more.join(", ")}</p>` : "");
}

function cellText(value: unknown): string {
  if (value === undefined || value === null) return "-";
  if (typeof value === "number") {
    return Number.isInteger(value) ? `${value}` : `${Number(value.toPrecision(5))}`;
  }
  if (typeof value === "string") return value;
  if (Array.isArray(value) && value.every((each) => typeof each !== "object")) return value.join(", ");
  const text = Deno.inspect(value, { depth: 1, compact: true, breakLength: Infinity });
  return text.length > 80 ? text.slice(0, 79) + "…" : text;
}
