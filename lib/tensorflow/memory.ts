import { tensorflow } from "./library.ts";

// Deno.UnsafePointer and Deno.UnsafePointerView want permission for every library there is. These do the same through
// C's own memcpy, so that permission for TensorFlow's library is enough.

const NOTHING = new Uint8Array(1);

/** Where a pointer points; 0 for null. */
export function addressOf(pointer: Deno.PointerValue): bigint {
  return tensorflow().addressOfPointer(pointer, NOTHING, 0n);
}

/** Where a buffer begins. The buffer has to be kept as long as the address is in use. */
export function addressOfBuffer(buffer: BufferSource): bigint {
  return buffer.byteLength === 0 ? 0n : tensorflow().addressOfBuffer(buffer, NOTHING, 0n);
}

/** A pointer to an address; null for 0. */
export function pointerTo(address: bigint): Deno.PointerValue {
  return tensorflow().pointerToAddress(address, NOTHING, 0n);
}

/** Copies bytes out of C's memory. */
export function readMemory(from: Deno.PointerObject, byteLength: number): ArrayBuffer {
  const bytes = new ArrayBuffer(byteLength);
  if (byteLength > 0) tensorflow().copyOut(bytes, from, BigInt(byteLength));
  return bytes;
}

/** Copies out what a `TF_Buffer` holds. */
export function readBuffer(buffer: Deno.PointerObject): Uint8Array<ArrayBuffer> {
  const [data, length] = new BigUint64Array(readMemory(buffer, 16));
  return data === 0n ? new Uint8Array() : new Uint8Array(readMemory(pointerTo(data!)!, Number(length)));
}

/** Copies bytes into C's memory. */
export function writeMemory(to: Deno.PointerObject, bytes: BufferSource): void {
  if (bytes.byteLength > 0) tensorflow().copyIn(to, bytes, BigInt(bytes.byteLength));
}

/** The text that a C string holds; an empty one for null. */
export function text(pointer: Deno.PointerValue): string {
  if (pointer === null) return "";
  return new TextDecoder().decode(readMemory(pointer, Number(tensorflow().strlen(pointer))));
}
