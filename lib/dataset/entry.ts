import { wholeDigits } from "../support/numbers.ts";

/** From front to back (AP, often in bed), from back to front (PA, standing), or from the side. */
export type View = "AP" | "PA" | "lateral";

/** What a data set says of one image. What it does not say is null. */
export interface Entry {
  /** The image's name, which no other image of the data set has: its file's, such as `00000001_000.png`. */
  image: string;
  /** The findings that the image has, in the data set's order; empty for an image with no finding. */
  labels: readonly string[];
  /** The findings of which it is not known whether the image has them, in the data set's order. */
  unknown: readonly string[];
  /** The number of the patient's visit, from 0. */
  followUp: number | null;
  /** The patient, as the data set calls them. */
  patient: string;
  /** The age in whole years. */
  age: number | null;
  /** The sex. */
  sex: "F" | "M" | null;
  /** The view. */
  view: View | null;
}

/** An entry of which nothing is known but its image and its findings; the image stands for a patient of its own. */
export function plainEntry(image: string, labels: readonly string[]): Entry {
  return { image, labels, unknown: [], followUp: null, patient: image, age: null, sex: null, view: null };
}

/** What stands for an unknown ground truth in arrays whose other values are 0 and 1. */
export const UNKNOWN = 255;

/** Whether an image has a finding: 1, 0, or `UNKNOWN`. */
export function truthOf({ labels, unknown }: Pick<Entry, "labels" | "unknown">, finding: string): number {
  if (labels.includes(finding)) return 1;
  return unknown.includes(finding) ? UNKNOWN : 0;
}

/** Whether an image is known to have none of the findings. */
export function isNormal({ labels, unknown }: Pick<Entry, "labels" | "unknown">): boolean {
  return labels.length === 0 && unknown.length === 0;
}

/** Whether the ground truth of some of the findings is unknown for some of the images. */
export function hasUnknown(entries: readonly Entry[], findings: readonly string[]): boolean {
  return entries.some(({ unknown }) => unknown.some((name) => findings.includes(name)));
}

/** Whether two texts mean one patient: a table may have lost a number's leading zeros, or given it decimals (`57.0`). */
export function isSamePatient(a: string, b: string): boolean {
  return a === b || (wholeDigits(a) ?? a) === (wholeDigits(b) ?? b);
}

/** Puts patients in order: those with numbers first, by number, then the others by their text. */
export function comparePatients(a: string, b: string): number {
  const [first, second] = [numberOf(a), numberOf(b)];
  if (first !== null && second !== null && first !== second) return first < second ? -1 : 1;
  if ((first === null) !== (second === null)) return first === null ? 1 : -1;
  return a < b ? -1 : Number(a > b);
}

/** Puts patients in the order of `comparePatients`, in place; numbers that a double holds are read once. */
export function sortPatients(patients: string[]): string[] {
  if (!patients.every((patient) => /^\d{1,15}$/.test(patient))) return patients.sort(comparePatients);
  const numbers = Float64Array.from(patients, Number);
  if (numbers.every((number, i) => i === 0 || numbers[i - 1]! < number)) return patients;
  const order = Uint32Array.from(patients.keys()).sort((a, b) =>
    numbers[a]! - numbers[b]! || (patients[a]! < patients[b]! ? -1 : 1)
  );
  const sorted = Array.from(order, (index) => patients[index]!);
  for (let i = 0; i < sorted.length; i++) patients[i] = sorted[i]!;
  return patients;
}

function numberOf(patient: string): bigint | null {
  return /^\d+$/.test(patient) ? BigInt(patient) : null;
}
