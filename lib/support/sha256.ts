import { createHash } from "node:crypto";

/** The SHA-256 of bytes or of a text in UTF-8, as 64 lower-case hexadecimal digits. */
export function sha256(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

/** The SHA-256 of a text in UTF-8 in base64, as Content-Security-Policies name scripts. */
export function sha256Base64(content: string): string {
  return createHash("sha256").update(content).digest("base64");
}

/** The SHA-256 of a file's content, read piece by piece. */
export async function sha256OfFile(file: string): Promise<string> {
  const hash = createHash("sha256");
  using source = await Deno.open(file);
  for await (const piece of source.readable) hash.update(piece);
  return hash.digest("hex");
}

/** The SHA-256 of a text that comes in pieces. */
export function sha256OfPieces(pieces: Iterable<string>): string {
  const hash = createHash("sha256");
  for (const piece of pieces) hash.update(piece);
  return hash.digest("hex");
}
