import { Refusal } from "./refusal.ts";

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
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    late.reject(new Refusal(408, `did not come within ${time / 1000} s`, { connection: "close" }));
  }, time);
  const pieces: Uint8Array[] = [];
  let length = 0;
  try {
    while (true) {
      const { value, done } = await Promise.race([reader.read(), late.promise]);
      if (done) break;
      length += value.length;
      if (length > size) throw tooLarge();
      pieces.push(value);
    }
  } catch (error) {
    reader.cancel().catch(() => {}); // The connection is closed; nobody waits for the rest.
    throw error instanceof Refusal ? error : new Refusal(400, "the request was cut short");
  } finally {
    clearTimeout(timer);
  }
  const whole = new Uint8Array(length);
  let start = 0;
  for (const piece of pieces) {
    whole.set(piece, start);
    start += piece.length;
  }
  return whole;
}
