import type { DataSet } from "dicom-parser";
import { InputError } from "../../support/input_error.ts";

/** A lookup table of a DICOM file (PS3.3, C.11.1): a value for each from `first` on; others take the nearest end's. */
export interface LookupTable {
  first: number;
  values: Uint8Array | Uint16Array;
  /** The bits that its values are meant to fill. */
  bits: number;
}

/**
 * Reads a lookup table: a descriptor (number of values, first value, bits) and its data.
 *
 * @param options `signed` says whether the values that are looked up are.
 * @returns null where the file has none.
 * @throws {InputError} Where it is damaged or cut short.
 */
export function readLookupTable(
  attributes: DataSet,
  { descriptor, data, signed }: { descriptor: string; data: string; signed: boolean },
): LookupTable | null {
  const element = attributes.elements[data];
  const bits = attributes.uint16(descriptor, 2);
  if (element === undefined || bits === undefined) return null;
  const count = attributes.uint16(descriptor, 0) || 65536;
  const first = (signed ? attributes.int16(descriptor, 1) : attributes.uint16(descriptor, 1))!;
  const isPacked = bits <= 8 && element.length < 2 * count;
  if (element.length < (isPacked ? count : 2 * count) || bits < 1 || bits > 16) {
    throw new InputError(
      `damaged: a lookup table of ${count} values of ${bits} bits in ${element.length} bytes`,
    );
  }
  const word = (i: number) =>
    attributes.byteArrayParser.readUint16(attributes.byteArray, element.dataOffset + 2 * i);
  const values = isPacked
    ? Uint8Array.from({ length: count }, (_, i) => word(i >> 1) >> 8 * (i & 1))
    : Uint16Array.from({ length: count }, (_, i) => word(i));
  return { first, values, bits };
}

/** The value that a table has for a number. */
export function lookUp({ first, values }: LookupTable, value: number): number {
  return values[Math.max(0, Math.min(values.length - 1, Math.trunc(value) - first))]!;
}
