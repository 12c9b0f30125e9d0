import { gunzipSync, gzipSync } from "fflate";
import type { Base64 } from "./page_data.ts";

type Numbers = Uint8Array | Float32Array;

/** The bytes of numbers as base64. */
export function toBase64({ buffer, byteOffset, byteLength }: Numbers): Base64 {
  return new Uint8Array(buffer, byteOffset, byteLength).toBase64();
}

/** The bytes that base64 stands for, in a buffer of their own. */
export function fromBase64(text: Base64): Uint8Array<ArrayBuffer> {
  // Browsers of before 2025 have no Uint8Array.fromBase64.
  const native = Uint8Array.fromBase64 as typeof Uint8Array.fromBase64 | undefined;
  if (native !== undefined) return Uint8Array.fromBase64(text);
  const characters = atob(text);
  const bytes = new Uint8Array(characters.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = characters.charCodeAt(i);
  return bytes;
}

/** The float32 that base64 stands for. */
export function floatsFrom(text: Base64): Float32Array<ArrayBuffer> {
  return new Float32Array(fromBase64(text).buffer);
}

/**
 * Numbers that rise or fall, compressed: each as the difference of its bits from those before, the upper bytes of all
 * first, which are much alike.
 */
export function packSeries(values: Float32Array<ArrayBuffer>): Base64 {
  if (values.length === 0) return "";
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const steps = bits.map((value, i) => i === 0 ? value : value - bits[i - 1]!);
  const bytes = new Uint8Array(4 * values.length);
  steps.forEach((step, i) => {
    for (let part = 0; part < 4; part++) bytes[part * steps.length + i] = step >>> 24 - 8 * part;
  });
  return toBase64(gzipSync(bytes, { level: 9, mtime: 0 }));
}

/** What {@linkcode packSeries} packed, bit for bit. */
export function unpackSeries(text: Base64): Float32Array<ArrayBuffer> {
  if (text === "") return new Float32Array();
  const bytes = gunzipSync(fromBase64(text));
  const length = bytes.length / 4;
  const bits = new Uint32Array(length);
  for (let i = 0, value = 0; i < length; i++) {
    let step = 0;
    for (let part = 0; part < 4; part++) step = step << 8 | bytes[part * length + i]!;
    bits[i] = value = value + step | 0;
  }
  return new Float32Array(bits.buffer);
}

/** Half-precision floats, compressed: their upper bytes first, which are much alike. */
export function packHalves(values: Float16Array): Base64 {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const parted = bytes.map((_, i) => i < values.length ? bytes[2 * i + 1]! : bytes[2 * (i - values.length)]!);
  return toBase64(gzipSync(parted, { level: 9, mtime: 0 }));
}

/** Widens what {@linkcode packHalves} made; browsers of before 2025 have no array for half precision. */
export function unpackHalves(text: Base64): Float32Array<ArrayBuffer> {
  const parted = gunzipSync(fromBase64(text));
  const values = new Float32Array(parted.length / 2);
  // There are millions of weights, and 65,536 different ones.
  const widened = Float32Array.from({ length: 65536 }, (_, bits) => widenHalf(bits));
  for (let i = 0; i < values.length; i++) values[i] = widened[parted[i]! << 8 | parted[values.length + i]!]!;
  return values;
}

/** The number that 16 bits stand for (IEEE 754, binary16). */
function widenHalf(bits: number): number {
  const sign = bits >> 15 ? -1 : 1;
  const exponent = bits >> 10 & 31;
  const fraction = bits & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
