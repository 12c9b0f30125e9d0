// @ts-types="npm:@types/papaparse@5.5.2"
import Papa from "papaparse";
import { InputError } from "./input_error.ts";
import { readText } from "./read_text.ts";

/** A CSV file as text: no cell is converted. */
export interface Csv {
  /** The file's path, for messages. */
  file: string;
  /** The names of the columns, without spaces around them. */
  header: readonly string[];
  /** The rows below the header; each has a cell for every column, at least. */
  rows: readonly (readonly string[])[];
}

/**
 * Reads a CSV file (`.csv` or `.csv.gz`). Empty cells past the last named column are let through, since some
 * releases of the NIH's files end every row with a stray comma.
 *
 * @throws {InputError} When the file cannot be read or is empty, when a quote is left open, or when a row has
 * not the header's columns.
 */
export async function readCsv(file: string): Promise<Csv> {
  const { data, errors } = Papa.parse<string[]>(await readText(file), { delimiter: "," });
  const error = errors[0];
  if (error) throw new InputError(`${file}, row ${(error.row ?? 0) + 1}: ${error.message}`);
  while (data.length > 0 && isBlank(data[data.length - 1]!)) data.pop();
  const header = data[0]?.map((name) => name.trim());
  if (!header) throw new InputError(`${file} is empty`);
  while (header.at(-1) === "") header.pop();
  const rows = data.slice(1);
  rows.forEach((row, index) => {
    if (row.length === header.length) return;
    if (row.length < header.length || !isBlank(row.slice(header.length))) {
      throw new InputError(
        `${file}, row ${index + 2}: ${row.length} columns instead of ${header.length}: "${row.join(",")}"`,
      );
    }
  });
  return { file, header, rows };
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
      `${csv.file}, row 1: no column "${names.join('" or "')}" in "${csv.header.join(",")}"`,
    );
  }
  return column;
}

function isBlank(row: readonly string[]): boolean {
  return row.every((cell) => cell === "");
}
