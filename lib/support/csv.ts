// @ts-types="npm:@types/papaparse@5.5.2"
import Papa from "papaparse";
import { InputError } from "./input_error.ts";
import { quote } from "./printable.ts";
import { readText } from "./read_text.ts";

/** A CSV file as text: no cell is converted. */
export interface Csv {
  /** The file's path, for messages. */
  file: string;
  /** The names of the columns; each once, but for columns without a name. */
  header: readonly string[];
  /** The rows below the header that are not blank; each has a cell for every column, at least. */
  rows: readonly (readonly string[])[];
  /** Each row's number in the file, from 1 (the header). */
  numbers: readonly number[];
}

/**
 * Reads a CSV file (`.csv` or `.csv.gz`) as pandas does: LF, CRLF and CR each end a row, whatever the others are, and
 * blank rows are left out. Blanks around names and cells are dropped, and so is the apostrophe that `csvText` puts before
 * what a spreadsheet would compute. Empty cells past the last named column are let through, since some releases of the
 * NIH's files end every row with a stray comma.
 *
 * @throws {InputError} When the file cannot be read or is empty, has other delimiters than commas, or a column twice, when
 * a quote is left open, or when a row has not the header's columns.
 */
export async function readCsv(file: string): Promise<Csv> {
  const text = withLineFeeds(await readText(file));
  const rows: string[][] = [];
  const numbers: number[] = [];
  let number = 0;
  Papa.parse<string[]>(text, {
    delimiter: ",",
    newline: "\n",
    step({ data: row, errors: [error] }) {
      number++;
      if (error) throw new InputError(`${file}, row ${number}: ${error.message}`);
      for (let i = 0; i < row.length; i++) row[i] = plainCell(row[i]!);
      if (isBlank(row)) return;
      rows.push(row);
      numbers.push(number);
    },
  });
  const header = rows.shift();
  const headerNumber = numbers.shift();
  if (!header) throw new InputError(`${file} is empty`);
  while (header.at(-1) === "") header.pop();
  checkHeader(`${file}, row ${headerNumber}`, header);
  rows.forEach((row, index) => {
    if (row.length === header.length) return;
    if (row.length > header.length && isBlank(row.slice(header.length))) return;
    const columns = `${row.length} column${row.length === 1 ? "" : "s"} instead of ${header.length}`;
    throw new InputError(`${file}, row ${numbers[index]}: ${columns}: ${quote(row.join(","))}`);
  });
  return { file, header, rows, numbers };
}

/**
 * Finds a column by its name, or by the first of several names that the header has.
 *
 * @throws {InputError} When the header has none of the names.
 */
export function columnOf(csv: Csv, ...names: readonly string[]): number {
  const column = names.map((name) => csv.header.indexOf(name)).find((index) => index >= 0);
  if (column === undefined) {
    throw new InputError(
      `${csv.file}, row 1: no column ${names.map(quote).join(" or ")} in ${quote(csv.header.join(","))}`,
    );
  }
  return column;
}

/** A row of a file as messages name it, by its index in `rows`. */
export function rowName({ file, numbers }: Csv, index: number): string {
  return `${file}, row ${numbers[index]}`;
}

/**
 * A table as the text of a CSV file. Numbers have as many digits as give back the same double. A text that a spreadsheet
 * would take for a formula (it begins with `=`, `+`, `-`, `@`, a tab or a carriage return) gets an apostrophe in front,
 * as OWASP advises against CSV injection; `readCsv` takes it off again.
 */
export function csvText(rows: readonly (readonly (string | number | null)[])[]): string {
  return rows.map(csvLine).join("") || "\n";
}

/** A row of such a table, with its line end. */
export function csvLine(row: readonly (string | number | null)[]): string {
  let line = "";
  for (let i = 0; i < row.length; i++) {
    const cell = row[i]!;
    if (i > 0) line += ",";
    if (typeof cell === "string") line += written(cell);
    else if (cell !== null) line += cell;
  }
  return line + "\n";
}

function written(cell: string): string {
  const safe = FORMULA.test(cell) ? `'${cell}` : cell;
  return QUOTED.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** What has to be quoted. */
const QUOTED = /[",\r\n\ufeff]|^ | $/;

/** What a spreadsheet computes, or computes once an apostrophe is taken off. */
const FORMULA = /^'*[=+\-@\t\r]/;

function plainCell(cell: string): string {
  const text = cell.trim();
  return text.startsWith("'") && FORMULA.test(text) ? text.slice(1) : text;
}

function checkHeader(place: string, header: readonly string[]): void {
  const names = new Set<string>();
  for (const name of header) {
    if (name !== "" && names.has(name)) {
      throw new InputError(`${place}: column ${quote(name)} is there twice`);
    }
    names.add(name);
  }
  const line = header.join(",");
  for (const [delimiter, name] of [[";", '";"'], ["\t", "tabs"], ["|", '"|"']] as const) {
    if (line.split(delimiter).length <= header.length) continue;
    throw new InputError(`${place}: columns are separated by ${name}, not by commas: ${quote(line)}`);
  }
}

function isBlank(row: readonly string[]): boolean {
  return row.every((cell) => cell === "");
}

/** A CSV's text with LF for every CR and CRLF outside of quoted cells, and without the blanks before a quoted cell. */
function withLineFeeds(text: string): string {
  const unquoted = (from: number, to?: number) => text.slice(from, to).replaceAll(/\r\n?/g, "\n");
  if (!text.includes('"')) return text.includes("\r") ? unquoted(0) : text;
  const pieces: string[] = [];
  let done = 0;
  for (let open = text.indexOf('"'); open >= 0; open = text.indexOf('"', open + 1)) {
    let start = open;
    while (start > done && (text[start - 1] === " " || text[start - 1] === "\t")) start--;
    if (start > done ? !",\r\n".includes(text[start - 1]!) : start > 0) continue;
    pieces.push(unquoted(done, start));
    let end = text.indexOf('"', open + 1);
    while (end >= 0 && text[end + 1] === '"') end = text.indexOf('"', end + 2);
    done = end < 0 ? text.length : end + 1;
    pieces.push(text.slice(open, done));
    open = done - 1;
  }
  return pieces.join("") + unquoted(done);
}
