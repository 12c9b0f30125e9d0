import type { Subset } from "./split.ts";

/** What the sets of a split are called in others' tables. */
const NAMES: ReadonlyMap<string, Subset> = new Map([
  ["train", "training"],
  ["training", "training"],
  ["val", "validation"],
  ["valid", "validation"],
  ["validate", "validation"],
  ["validation", "validation"],
  ["dev", "validation"],
  ["test", "test"],
  ["testing", "test"],
]);

/** The set that a cell of a table names, such as `train` or `VAL`; undefined where it is none. */
export function subsetNamed(text: string): Subset | undefined {
  return NAMES.get(text.toLowerCase());
}
