import { type Csv, rowName } from "../support/csv.ts";
import { InputError } from "../support/input_error.ts";
import { wholeDigits } from "../support/numbers.ts";
import { quote } from "../support/printable.ts";
import type { DataSource } from "./data_set.ts";
import { type Entry, UNKNOWN, type View } from "./entry.ts";

/** The highest age in years that is believed. */
const OLDEST = 120;

/** Years in one unit of a DICOM age string. */
const YEARS = { Y: 1, M: 1 / 12, W: 7 / 365.25, D: 1 / 365.25 } as const;

/** What stands for something that is not known, in small letters. */
const NOT_KNOWN = ["", "nan", "na", "n/a", "none", "null", "unknown", "unk", "-"];

/**
 * An age in whole years: a number of years (`58`, `58.0`), or a DICOM age string (`058Y`, `011M`; DICOM PS3.5, value representation
 * AS). Null above 120 years.
 *
 * @throws {InputError} Where the text is neither.
 */
export function ageOf(text: string): number | null {
  const [, count, unit] = /^(\d+)([YMWD])$/.exec(text) ?? [undefined, wholeDigits(text)];
  if (typeof count !== "string") {
    throw new InputError(`patient age ${quote(text)} is not a number of years`);
  }
  const age = Math.floor(Number(count) * YEARS[(unit || "Y") as keyof typeof YEARS] + 1e-9);
  return age > OLDEST ? null : age;
}

/** The same, also in parts of years (`57.5`), and null where the text says that the age is not known. */
export function ageOrNull(text: string): number | null {
  return isNotKnown(text) ? null : ageOf(/^\d+\.\d+$/.test(text) ? text.replace(/\..*$/, "") : text);
}

/**
 * A sex as tables have it (`F`, `female`, `Woman` ...); null where it is said not to be known, or to be neither.
 *
 * @throws {InputError} Where the text is something else.
 */
export function sexOf(text: string): Entry["sex"] {
  const plain = text.toLowerCase();
  if (["f", "female", "woman", "w"].includes(plain)) return "F";
  if (["m", "male", "man"].includes(plain)) return "M";
  if (isNotKnown(text) || ["o", "other", "u", "x", "d", "i", "intersex"].includes(plain)) return null;
  throw new InputError(`sex ${quote(text)} is not F or M`);
}

/** A view as tables and DICOM files have it; null where it is none of those, undefined where nothing is said. */
export function viewOf(text: string): View | null | undefined {
  if (isNotKnown(text)) return undefined;
  const plain = text.toLowerCase().replaceAll(/[^a-z]+/g, " ").trim();
  if (/^(ap|anteroposterior)( |$)/.test(plain)) return "AP";
  if (/^(pa|posteroanterior)( |$)/.test(plain)) return "PA";
  return /^(l|ll|rl|lat|lateral|left lateral|right lateral)$/.test(plain) ? "lateral" : null;
}

/** Whether a text stands for something that is not known. */
export function isNotKnown(text: string): boolean {
  return NOT_KNOWN.includes(text.toLowerCase());
}

const POSITIVE = ["1", "1.0", "true", "yes", "y", "positive", "present"];
const NEGATIVE = ["0", "0.0", "false", "no", "n", "negative", "absent"];
const UNCERTAIN = ["-1", "-1.0", "u", "uncertain", "?"];

/**
 * What a label's cell says: 1, 0 or `UNKNOWN`; null where it is no label. An uncertain one (-1) and an empty one are
 * taken for what the source says.
 */
export function labelOf(
  text: string,
  { uncertain, blank }: Pick<DataSource, "uncertain" | "blank">,
): number | null {
  const plain = text.toLowerCase();
  if (POSITIVE.includes(plain)) return 1;
  if (NEGATIVE.includes(plain)) return 0;
  if (UNCERTAIN.includes(plain)) return uncertain === "unknown" ? UNKNOWN : Number(uncertain === "positive");
  if (isNotKnown(text)) return blank === "unknown" ? UNKNOWN : 0;
  return null;
}

/** Keeps what a pure function gave for each text, since most cells repeat. */
export function remember<T>(read: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    let value = known.get(text);
    if (value === undefined) known.set(text, value = read(text));
    return value;
  };
}

/** Runs a function on each row of a table; an `InputError` of it is given the row's name. */
export function mapRows<T>(csv: Csv, read: (row: readonly string[], index: number) => T): T[] {
  return csv.rows.map((row, index) => {
    try {
      return read(row, index);
    } catch (error) {
      if (error instanceof InputError) error.message = `${rowName(csv, index)}: ${error.message}`;
      throw error;
    }
  });
}

/** Refuses an image that has no name, or whose name was there before. */
export function imageNames(): (name: string) => string {
  const names = new Set<string>();
  return (name) => {
    if (name === "") throw new InputError("no image name");
    if (names.has(name)) throw new InputError(`image ${quote(name)} is already in a row above`);
    names.add(name);
    return name;
  };
}
