import { join, resolve } from "node:path";
import { constants, gunzipSync } from "node:zlib";
// @ts-types="npm:@types/papaparse@5.5.2"
import Papa from "papaparse";
import { InputError } from "../../support/input_error.ts";
import { openRegular } from "../../support/regular_file.ts";
import { listFolder } from "../image_folder.ts";

/** The files that lie at the top of a folder. */
export interface Listing {
  /** The folder's absolute path. */
  dir: string;
  /** The names of its files and folders, sorted. */
  names: readonly string[];
  /** The columns of each CSV file (`.csv` or `.csv.gz`), by its name. */
  headers: ReadonlyMap<string, readonly string[]>;
}

/** How many bytes of a file are read for its first line. */
const FIRST_BYTES = 65536;

/**
 * Lists what lies at the top of a folder; of CSV files the first line is read.
 *
 * @throws {InputError} Where there is no such folder, or it is empty.
 */
export async function listData(dir: string): Promise<Listing> {
  const root = resolve(dir);
  const names = [...(await listFolder(root)).keys()].sort();
  if (names.length === 0) throw new InputError(`${dir}: the folder is empty`);
  const tables = names.filter((name) => /\.csv(\.gz)?$/i.test(name));
  return { dir: root, names, headers: new Map(tables.map((name) => [name, headerOf(join(root, name))])) };
}

/** The columns of a CSV file; empty where it cannot be read. */
function headerOf(file: string): string[] {
  const bytes = new Uint8Array(FIRST_BYTES);
  try {
    using opened = openRegular(file);
    let start = bytes.subarray(0, opened.readSync(bytes) ?? 0);
    if (start[0] === 0x1f && start[1] === 0x8b) {
      start = gunzipSync(start, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: 1e8 });
    }
    const { data } = Papa.parse<string[]>(new TextDecoder().decode(start), { preview: 1, delimiter: "," });
    return (data[0] ?? []).map((name) => name.trim());
  } catch {
    return [];
  }
}

/** The path of the first file that has one of some names, with or without `.gz`; null where none has. */
export function findNamed({ dir, names }: Listing, candidates: readonly string[]): string | null {
  const name = candidates.flatMap((name) => [name, `${name}.gz`]).find((name) => names.includes(name));
  return name === undefined ? null : join(dir, name);
}

/** The paths of the CSV files that have all of some columns. */
export function findTables({ dir, headers }: Listing, columns: readonly string[]): string[] {
  return [...headers].filter(([, header]) => columns.every((column) => header.includes(column)))
    .map(([name]) => join(dir, name));
}
