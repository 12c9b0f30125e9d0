import { type Csv, readCsvPieces } from "./csv.ts";
import { decimalOf } from "./numbers.ts";

/** A CSV file by columns: numbers are numbers, so that a million rows of many need no text. */
export interface CsvColumns extends Pick<Csv, "file" | "header"> {
  /** The number of rows. */
  length: number;
  /** [length] Each row's number in the file. */
  numbers: Uint32Array;
  /** A cell; a number in a column of numbers as JavaScript writes it, unless it is 0, 1 or -1: these as the file does. */
  cell(row: number, column: number): string;
  /** [length] A column as numbers: NaN where a cell is none. */
  values(column: number): Float64Array;
}

/** Columns of which cells are kept as text, or as numbers and those texts that are none or are written otherwise. */
type Column =
  | { kind: "text"; cells: string[] }
  | { kind: "numbers"; values: Float64Array; texts: Map<number, string> };

/**
 * Reads a CSV file column by column, piece by piece.
 *
 * @param holdsNumbers Whether a column, by its name, is one of numbers as a rule; others are kept as text.
 * @throws {InputError} As `readCsv`, but for the size.
 */
export async function readCsvColumns(
  file: string,
  holdsNumbers: (name: string) => boolean,
): Promise<CsvColumns> {
  let columns: Column[] | undefined;
  let header: readonly string[] = [];
  let numbers = new Uint32Array(1024);
  let length = 0;
  for await (const csv of readCsvPieces(file)) {
    header = csv.header;
    columns ??= header.map((name): Column =>
      holdsNumbers(name)
        ? { kind: "numbers", values: new Float64Array(1024), texts: new Map() }
        : { kind: "text", cells: [] }
    );
    const needed = length + csv.rows.length;
    if (needed > numbers.length) numbers = longer(numbers, needed);
    numbers.set(csv.numbers, length);
    columns.forEach((column, c) => append(column, csv.rows, { column: c, length }));
    length = needed;
  }
  const all = columns!;
  return {
    file,
    header,
    length,
    numbers: numbers.subarray(0, length),
    cell(row, c) {
      const column = all[c]!;
      if (column.kind === "text") return column.cells[row]!;
      const value = column.values[row]!;
      return column.texts.get(row) ?? (Number.isNaN(value) ? "" : String(value));
    },
    values(c) {
      const column = all[c]!;
      if (column.kind === "numbers") return column.values.subarray(0, length);
      return Float64Array.from(column.cells, decimalOf);
    },
  };
}

function append(
  column: Column,
  rows: Csv["rows"],
  { column: c, length }: { column: number; length: number },
): void {
  if (column.kind === "text") {
    for (const row of rows) column.cells.push(ownText(row[c]!));
    return;
  }
  if (length + rows.length > column.values.length) {
    column.values = longer(column.values, length + rows.length);
  }
  const { values, texts } = column;
  for (let i = 0; i < rows.length; i++) {
    const cell = rows[i]![c]!;
    const value = decimalOf(cell);
    values[length + i] = value;
    const isPlain = cell === "" || Math.abs(value) > 1 || value > -1 && value < 0 || value > 0 && value < 1;
    if (!isPlain && (Number.isNaN(value) || cell !== String(value))) texts.set(length + i, cell);
  }
}

/** A text by itself: a part of another one would keep the whole piece of the file in memory. */
export function ownText(text: string): string {
  return text.length < 13 ? text : ` ${text}`.slice(1);
}

function longer<T extends Uint32Array | Float64Array>(values: T, needed: number): T {
  const all = new (values.constructor as { new (length: number): T })(
    Math.max(needed, Math.ceil(1.5 * values.length)),
  );
  all.set(values as Float64Array & Uint32Array);
  return all;
}
