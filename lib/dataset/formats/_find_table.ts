import { InputError } from "../../support/input_error.ts";
import type { Format } from "./_format.ts";
import { findTables, listData, type Listing } from "./_listing.ts";

/** A data set's folder, what lies in it, and its table. */
export interface FoundTable {
  /** The folder's absolute path. */
  dir: string;
  /** What lies in it. */
  listing: Listing;
  /** The table's path. */
  table: string;
}

/**
 * Finds the one table of a data set, the first that has all of some columns.
 *
 * @throws {InputError} Where there is none: what the data set needs.
 */
export async function findTable(
  data: string,
  { columns, title, needs }: Pick<Format, "title" | "needs"> & { columns: readonly string[] },
): Promise<FoundTable> {
  const listing = await listData(data);
  const [table] = findTables(listing, columns);
  if (table === undefined) throw new InputError(`${data}: no table of ${title}. It needs ${needs}`);
  return { dir: listing.dir, listing, table };
}
