import { Refusal } from "./refusal.ts";
import { within } from "./within.ts";

/** How large a request may be, and how long it may take to come. */
export interface BodyLimits {
  /** In bytes. */
  size: number;
  /** In milliseconds. */
  time: number;
}

/** Reads what a request brings, and refuses it with 413 where it is too large, with 408 where it comes too slowly. */
export async function readBody(
  request: Request,
  { size, time }: BodyLimits,
): Promise<Uint8Array<ArrayBuffer>> {
  const tooLarge = () =>
    new Refusal(413, `more than the ${size} bytes that are taken`, { connection: "close" });
  if (Number(request.headers.get("content-length") ?? 0) > size) throw tooLarge();
  if (request.body === null) return new Uint8Array();
  const reader = request.body.getReader();
  try {
    return await within(
      time,
      readAll(reader, { size, tooLarge }),
      () => new Refusal(408, `did not come within ${time / 1000} s`, { connection: "close" }),
    );
  } catch (error) {
    reader.cancel().catch(() => {}); // The connection is closed; nobody waits for the rest.
    throw error instanceof Refusal ? error : new Refusal(400, "the request was cut short");
  }
}

async function readAll(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  { size, tooLarge }: { size: number; tooLarge: () => Refusal },
): Promise<Uint8Array<ArrayBuffer>> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  while (true) {
    const { value, done } = await reader.read();
    if (done) break;
    length += value.length;
    if (length > size) throw tooLarge();
    pieces.push(value);
  }
  const whole = new Uint8Array(length);
  let start = 0;
  for (const piece of pieces) {
    whole.set(piece, start);
    start += piece.length;
  }
  return whole;
}
