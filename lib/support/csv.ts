// @ts-types="npm:@types/papaparse@5.5.2"
import Papa from "papaparse";
import { DESCRIBED_BYTES, knownContent } from "./describe_content.ts";
import { InputError } from "./input_error.ts";
import { quote } from "./printable.ts";
import { type PiecesOptions, readText, readTextPieces } from "./read_text.ts";

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
  const text = await readText(file);
  refuseOthers(file, text);
  const { rows, numbers } = parseRows(text, { file, before: 0 });
  const header = takeHeader({ file, rows, numbers });
  checkWidths({ file, header, rows, numbers });
  return { file, header, rows, numbers };
}

/** A quoted cell that goes on for so long was never closed. */
const LONGEST_CELL = 16e6;

/**
 * Reads a CSV file as `readCsv` does, some thousand rows at a time, so that it may be of any size: the first rows, then the
 * next. There is one piece at least, which may have no rows.
 *
 * @throws {InputError} As `readCsv`, but for the size; what is wrong further down, when it is reached.
 */
export async function* readCsvPieces(file: string, options?: PiecesOptions): AsyncGenerator<Csv> {
  let header: string[] | undefined;
  let before = 0;
  let rest = "";

  function* rowsOf(text: string): Generator<Csv> {
    const { rows, numbers, count } = parseRows(text, { file, before });
    before += count;
    if (rows.length === 0) return;
    const isFirst = header === undefined;
    header ??= takeHeader({ file, rows, numbers });
    checkWidths({ file, header, rows, numbers });
    if (isFirst || rows.length > 0) yield { file, header, rows, numbers };
  }

  let isFirst = true;
  for await (const piece of readTextPieces(file, options)) {
    if (isFirst) refuseOthers(file, piece);
    isFirst = false;
    const text = rest + piece;
    const end = endOfRows(text);
    if (end > 0) yield* rowsOf(text.slice(0, end));
    rest = text.slice(end);
    if (rest.length > LONGEST_CELL) {
      throw new InputError(`${file}, row ${before + 1}: a row of more than ${LONGEST_CELL} characters`);
    }
  }
  if (rest !== "") yield* rowsOf(rest);
  if (header === undefined) throw new InputError(`${file} is empty`);
}

/** Refuses what a download may be in a table's place: a web page, a pointer of Git LFS, JSON. */
function refuseOthers(file: string, text: string): void {
  const start = new TextEncoder().encode(text.slice(0, DESCRIBED_BYTES));
  const kind = start.length === 0 ? null : knownContent(start);
  if (kind !== null) throw new InputError(`${file}: not a CSV file, but ${kind}`);
}

/** The rows of a text that are not blank, their numbers in the file, and how many there are with those. */
function parseRows(
  text: string,
  { file, before }: { file: string; before: number },
): { rows: string[][]; numbers: number[]; count: number } {
  const rows: string[][] = [];
  const numbers: number[] = [];
  let number = before;
  const add = (row: string[]) => {
    number++;
    for (let i = 0; i < row.length; i++) if (isUnplain(row[i]!)) row[i] = plainCell(row[i]!);
    if (isBlank(row)) return;
    rows.push(row);
    numbers.push(number);
  };
  const lines = withLineFeeds(text);
  if (lines.includes('"')) {
    Papa.parse<string[]>(lines.endsWith("\n") ? lines.slice(0, -1) : lines, {
      delimiter: ",",
      newline: "\n",
      step({ data, errors: [error] }) {
        if (error) throw new InputError(`${file}, row ${number + 1}: ${error.message}`);
        add(data);
      },
    });
  } else {
    for (let start = 0, end = 0; start < lines.length; start = end + 1) {
      end = lines.indexOf("\n", start);
      if (end < 0) end = lines.length;
      add(lines.slice(start, end).split(","));
    }
  }
  return { rows, numbers, count: number - before };
}

/** Whether a cell may have blanks around it or an apostrophe in front, by its first and last character. */
function isUnplain(cell: string): boolean {
  if (cell === "") return false;
  const [first, last] = [cell.charCodeAt(0), cell.charCodeAt(cell.length - 1)];
  return first <= 0x20 || first === 0x27 || first > 0x7e || last <= 0x20 || last > 0x7e;
}

/** Takes the header off the rows and checks it. */
function takeHeader(
  { file, rows, numbers }: { file: string; rows: string[][]; numbers: number[] },
): string[] {
  const header = rows.shift();
  const number = numbers.shift();
  if (!header) throw new InputError(`${file} is empty`);
  while (header.at(-1) === "") header.pop();
  checkHeader(`${file}, row ${number}`, header);
  return header;
}

function checkWidths({ file, header, rows, numbers }: Csv): void {
  rows.forEach((row, index) => {
    if (row.length === header.length) return;
    if (row.length > header.length && isBlank(row.slice(header.length))) return;
    const columns = `${row.length} column${row.length === 1 ? "" : "s"} instead of ${header.length}`;
    throw new InputError(`${file}, row ${numbers[index]}: ${columns}: ${quote(row.join(","))}`);
  });
}

/** Where the last whole row of a text ends that goes on; 0 where it has none. */
function endOfRows(text: string): number {
  let [done, end] = [0, 0];
  const seek = (to: number) => {
    const feed = text.lastIndexOf("\n", to - 1);
    // The last character may be the first half of a CRLF.
    const last = feed >= done ? feed : text.lastIndexOf("\r", Math.min(to - 1, text.length - 2));
    if (last >= done) end = last + 1;
  };
  for (const [start, close] of quotedCells(text)) {
    if (start > done) seek(start);
    // Of two quotes that stand for one, the second may be missing yet.
    if (close >= text.length) return end;
    done = close;
  }
  if (text.length > done) seek(text.length);
  return end;
}

/** Where quoted cells begin, with the blanks before them, and end; at the text's end where they are not closed. */
function* quotedCells(text: string): Generator<[start: number, end: number]> {
  let done = 0;
  for (let open = text.indexOf('"'); open >= 0; open = text.indexOf('"', open + 1)) {
    let start = open;
    while (start > done && (text[start - 1] === " " || text[start - 1] === "\t")) start--;
    if (start > done ? !",\r\n".includes(text[start - 1]!) : start > 0) continue;
    let end = text.indexOf('"', open + 1);
    while (end >= 0 && text[end + 1] === '"') end = text.indexOf('"', end + 2);
    done = end < 0 ? text.length : end + 1;
    yield [start, done];
    open = done - 1;
  }
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

/** A row of a file as messages name it, by its index among the rows. */
export function rowName(
  { file, numbers }: { file: string; numbers: ArrayLike<number> },
  index: number,
): string {
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
  for (const [start, end] of quotedCells(text)) {
    pieces.push(unquoted(done, start), text.slice(start, end).replace(/^[ \t]+/, ""));
    done = end;
  }
  return pieces.join("") + unquoted(done);
}
