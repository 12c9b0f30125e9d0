import { type Csv, readCsv, readCsvPieces } from "../support/csv.ts";
import { InputError } from "../support/input_error.ts";
import { quote } from "../support/printable.ts";
import { mapRows } from "./table_cells.ts";

/**
 * Reads a table and finds its columns.
 *
 * @param options `empty` lets a table without rows through.
 * @param wanted Each column's name, or several of which the first that is there is meant.
 * @throws {InputError} As `readCsv`; where columns are missing: all of them; where there is no row.
 */
export async function readTable<K extends string>(
  file: string,
  wanted: Readonly<Record<K, string | readonly string[]>>,
  { empty = false }: { empty?: boolean } = {},
): Promise<{ csv: Csv; columns: Record<K, number> }> {
  const csv = await readCsv(file);
  const columns = findColumns(csv, wanted);
  if (csv.rows.length === 0 && !empty) throw new InputError(`${file} has a header and no rows`);
  return { csv, columns };
}

/**
 * Runs a function on each row of a table, which is read piece by piece; an `InputError` of it is given the row's name.
 *
 * @param wanted As in `readTable`.
 * @returns What it gave, and the rows' numbers in the file.
 * @throws {InputError} As `readTable`, but for the size; of a row when it is reached.
 */
export async function mapTable<K extends string, T>(
  file: string,
  wanted: Readonly<Record<K, string | readonly string[]>>,
  read: (row: readonly string[], columns: Readonly<Record<K, number>>) => T,
): Promise<{ all: T[]; numbers: number[] }> {
  let columns: Record<K, number> | undefined;
  const all: T[] = [];
  const numbers: number[] = [];
  for await (const csv of readCsvPieces(file)) {
    const found = columns ??= findColumns(csv, wanted);
    for (const value of mapRows(csv, (row) => read(row, found))) all.push(value);
    for (const number of csv.numbers) numbers.push(number);
  }
  if (all.length === 0) throw new InputError(`${file} has a header and no rows`);
  return { all, numbers };
}

/** The columns of a table by their names, as `readTable` finds them. */
function findColumns<K extends string>(
  csv: Csv,
  wanted: Readonly<Record<K, string | readonly string[]>>,
): Record<K, number> {
  const { file } = csv;
  const columns = {} as Record<K, number>;
  const missing: string[] = [];
  for (const [key, names] of Object.entries(wanted) as [K, string | readonly string[]][]) {
    const candidates = [names].flat();
    const column = candidates.map((name) => csv.header.indexOf(name)).find((index) => index >= 0);
    if (column === undefined) missing.push(candidates.map((name) => `"${name}"`).join(" or "));
    else columns[key] = column;
  }
  if (missing.length > 0) {
    const these = `no column${missing.length > 1 ? "s" : ""} ${missing.join(", ")}`;
    throw new InputError(`${file}, row 1: ${these} in ${quote(csv.header.join(","))}`);
  }
  return columns;
}
