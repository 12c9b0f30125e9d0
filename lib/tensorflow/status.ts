import { tensorflow } from "./library.ts";
import { text } from "./memory.ts";

let shared: Deno.PointerValue = null;

/**
 * The `TF_Status` that synchronous calls on the main thread share. {@linkcode check} reads and clears it.
 * Calls that run on another thread take one of their own from {@linkcode newStatus}.
 */
export function status(): Deno.PointerValue {
  return shared ??= tensorflow().TF_NewStatus();
}

/** A `TF_Status` of its own, for a call that runs off the main thread. */
export function newStatus(): Deno.PointerValue {
  return tensorflow().TF_NewStatus();
}

/**
 * Throws TensorFlow's own message where the last call failed.
 *
 * @param what What was being done, such as an operation's name; put before the message.
 */
export function check(what: string, of: Deno.PointerValue = status()): void {
  const api = tensorflow();
  if (api.TF_GetCode(of) === 0) return;
  const message = text(api.TF_Message(of));
  api.TF_SetStatus(of, 0, cString(""));
  throw new Error(`${what}: ${message}`);
}

const encoder = new TextEncoder();
const cStrings = new Map<string, Uint8Array<ArrayBuffer>>();

/** A text as C reads it: UTF-8 with a zero byte at its end. Kept, since names recur. */
export function cString(value: string): Uint8Array<ArrayBuffer> {
  let bytes = cStrings.get(value);
  if (!bytes) {
    bytes = encoder.encode(value + "\0");
    if (cStrings.size < 10_000) cStrings.set(value, bytes);
  }
  return bytes;
}
