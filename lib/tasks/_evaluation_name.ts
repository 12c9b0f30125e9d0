import { basename, resolve } from "node:path";
import type { DataSource } from "../dataset/data_set.ts";
import { InputError } from "../support/input_error.ts";

/** What an evaluation is called unless it is named: as its data are; null where there are none. */
export function nameOfData({ table, data }: Pick<DataSource, "table" | "data">): string | null {
  const path = table ?? data;
  return path === null ? null : basename(resolve(path)).replace(/\.(csv|npz)(\.gz)?$/, "");
}

/**
 * Makes sure that an evaluation's name can be that of a folder.
 *
 * @throws {InputError} Where it cannot.
 */
export function checkEvaluationName(name: string): void {
  if (!/^[\w.-]{1,255}$/.test(name) || /^\.+$/.test(name)) {
    throw new InputError(`--name ${name}: may hold letters, digits, ".", "_" and "-" only, 255 at most`);
  }
}
