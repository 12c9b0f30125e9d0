import type { DataSet } from "dicom-parser";
import { lookUp, type LookupTable, readLookupTable } from "./lookup_table.ts";
import type { DicomFile } from "./parse_dicom.ts";

/** How bright the values of a grey DICOM image are. */
export interface Tone {
  /**
   * The brightness of each value that can be stored, by its bits, 0 (black) to 1 (white): modality transform, then
   * window or lookup table, then MONOCHROME1 turned over.
   */
  brightness: Float64Array;
  /** What had to be decided, as half sentences. */
  notes: string[];
}

/** Values that fill less than this fraction of what they could are taken by their own range. */
const FILLED = 1 / 4;

type Transform = (value: number) => number;

interface Range {
  low: number;
  high: number;
}

/**
 * Finds the tone of a grey image, as the file asks for: the modality lookup table or rescale slope and intercept
 * (PS3.3, C.11.1), then the first VOI lookup table or window (C.11.2). Where it has neither, brightness runs over the
 * values that could be stored or, where the image fills less than a quarter of those, from its lowest to its highest.
 *
 * @param values The image as it is stored.
 */
export function toneOf({ attributes, layout }: DicomFile, values: Uint8Array | Uint16Array): Tone {
  const { bitsStored, signed, photometric } = layout;
  const count = 2 ** bitsStored;
  const valueOf = (bits: number) => signed && bits >= count / 2 ? bits - count : bits;
  const { modality, range: possible } = modalityOf(attributes, {
    signed,
    range: { low: signed ? -count / 2 : 0, high: (signed ? count / 2 : count) - 1 },
  });
  const notes: string[] = [];
  const voi = voiTable(attributes, possible.low < 0) ?? window(attributes) ??
    linear(usedRange(values, { possible, transform: (bits) => modality(valueOf(bits)), notes }));
  const turned = photometric === "MONOCHROME1";
  const brightness = Float64Array.from({ length: count }, (_, bits) => {
    const value = Math.max(0, Math.min(1, voi(modality(valueOf(bits)))));
    return turned ? 1 - value : value;
  });
  return { brightness, notes };
}

/** The modality transform of values in a range, and the range that they are then in. */
function modalityOf(
  attributes: DataSet,
  { signed, range }: { signed: boolean; range: Range },
): { modality: Transform; range: Range } {
  const table = tableOf(attributes, "x00283000", signed);
  if (table !== null) {
    return { modality: (value) => lookUp(table, value), range: { low: 0, high: 2 ** table.bits - 1 } };
  }
  const slope = attributes.floatString("x00281053") || 1;
  const intercept = attributes.floatString("x00281052") || 0;
  const modality = (value: number) => value * slope + intercept;
  const ends = [modality(range.low), modality(range.high)];
  return { modality, range: { low: Math.min(...ends), high: Math.max(...ends) } };
}

function voiTable(attributes: DataSet, signed: boolean): Transform | null {
  const table = tableOf(attributes, "x00283010", signed);
  if (table === null) return null;
  const white = whiteOf(table);
  return (value) => lookUp(table, value) / white;
}

/** A table's value for white: what its bits hold, or its highest where it fills less than a quarter of that. */
function whiteOf({ values, bits }: LookupTable): number {
  const possible = 2 ** bits - 1;
  let highest = 0;
  for (const value of values) highest = Math.max(highest, value);
  return highest > 0 && highest < FILLED * possible ? highest : possible;
}

/** The lookup table that is the first item of a sequence. */
function tableOf(attributes: DataSet, sequence: string, signed: boolean): LookupTable | null {
  const item = attributes.elements[sequence]?.items?.[0]?.dataSet;
  return item ? readLookupTable(item, { descriptor: "x00283002", data: "x00283006", signed }) : null;
}

/** The first window (PS3.3, C.11.2.1.2 and C.11.2.1.3); null where there is none, or none that has a width. */
function window(attributes: DataSet): Transform | null {
  const centre = attributes.floatString("x00281050");
  const width = attributes.floatString("x00281051");
  if (centre === undefined || width === undefined || !Number.isFinite(centre + width)) return null;
  const shape = attributes.string("x00281056")?.trim().toUpperCase() ?? "LINEAR";
  if (shape === "SIGMOID" && width > 0) return (value) => 1 / (1 + Math.exp(-4 * (value - centre) / width));
  if (shape === "LINEAR_EXACT" && width > 0) return ramp(centre, width);
  return width >= 1 ? ramp(centre - 0.5, width - 1) : null;
}

/** Rises from 0 to 1 over a width around a centre. */
function ramp(centre: number, width: number): Transform {
  return (value) => {
    if (value <= centre - width / 2) return 0;
    return value > centre + width / 2 ? 1 : (value - centre) / width + 0.5;
  };
}

function linear({ low, high }: Range): Transform {
  return (value) => (value - low) / (high - low || 1);
}

/** The range that an image without a window or table is shown by. */
function usedRange(
  values: Uint8Array | Uint16Array,
  { possible, transform, notes }: { possible: Range; transform: Transform; notes: string[] },
): Range {
  const seen = new Uint8Array(65536);
  for (let i = 0; i < values.length; i++) seen[values[i]!] = 1;
  let [low, high] = [Infinity, -Infinity];
  seen.forEach((isSeen, bits) => {
    if (!isSeen) return;
    low = Math.min(low, transform(bits));
    high = Math.max(high, transform(bits));
  });
  if (high === low || high - low >= FILLED * (possible.high - possible.low)) return possible;
  notes.push(
    `no window, and values from ${low} to ${high} of ${possible.low} to ${possible.high}: brought to their own range`,
  );
  return { low, high };
}
