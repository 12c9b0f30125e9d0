import { type Csv, readCsv } from "../support/csv.ts";
import { InputError } from "../support/input_error.ts";
import { quote } from "../support/printable.ts";

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
  if (csv.rows.length === 0 && !empty) throw new InputError(`${file} has a header and no rows`);
  return { csv, columns };
}
