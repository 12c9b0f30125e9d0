import type { DataSet, DataSource } from "../data_set.ts";
import type { Listing } from "./_listing.ts";

/** How a data set's own files are read. */
export interface Format {
  /** What the data set is called, to follow "images of". */
  title: string;
  /** The files that it needs and where they lie, for help and errors. */
  needs: string;
  /** Whether what lies at the top of a folder is surely this data set. */
  recognises(listing: Listing): boolean;
  /**
   * Reads its tables.
   *
   * @throws {InputError} Where files or columns are missing (all of them are named), or a cell cannot be read.
   */
  read(
    source: DataSource & { data: string },
  ): Promise<Omit<DataSet, "format" | "title"> & { title?: string }>;
}
