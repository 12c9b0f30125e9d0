import { gunzipSync } from "node:zlib";
import { DESCRIBED_BYTES, knownContent } from "./describe_content.ts";
import { InputError } from "./input_error.ts";
import { openRegular, readRegular, statRegular } from "./regular_file.ts";
import { counted } from "./decimals.ts";

/** The largest text in bytes: more than ten times the NIH's metadata with scores for every label, and a third less than a string can be. */
const LARGEST = 384e6;

/**
 * A compressed text may come to so many bytes, and so many more for each of its own: tables shrink to a tenth or a
 * thirtieth, a decompression bomb to a thousandth.
 */
const UNPACKED = { bytes: 64e6, ratio: 30 };

/** More blanks in a row than any table has: reading them row by row takes a hundred times the memory. */
const MOST_BLANKS = 100_000;

/**
 * Reads a UTF-8 text file, decompressing it where its name ends in `.gz` or it begins like a gzip file (of one member or
 * several). A byte order mark is dropped.
 *
 * @throws {InputError} When the file is missing, a folder, a pipe or device, too large, no whole gzip file, not UTF-8, or
 * has 100,000 blanks in a row; at its end they are left out.
 */
export async function readText(file: string): Promise<string> {
  const { size } = statRegular(file);
  if (size > LARGEST) {
    throw new InputError(`${file} has ${megabytes(size)}, more than the ${megabytes(LARGEST)} that are read`);
  }
  const bytes = await readRegular(file);
  const isGzip = file.endsWith(".gz") || bytes[0] === 0x1f && bytes[1] === 0x8b;
  const text = isGzip ? decompress(file, bytes) : bytes;
  const blanks = findBlanks(text);
  if (blanks === null) return decode(file, text);
  if (blanks.end === text.length) return decode(file, text.subarray(0, blanks.start + 1));
  const count = counted(blanks.end - blanks.start);
  throw new InputError(`${file} has ${count} blanks in a row after its byte ${blanks.start}: no table does`);
}

/** The first of the long stretches of blanks and line ends in a text, in bytes; null where there is none. */
function findBlanks(bytes: Uint8Array): { start: number; end: number } | null {
  // A stretch of so many has one of these places in it.
  for (let place = MOST_BLANKS - 1; place < bytes.length; place += MOST_BLANKS) {
    let [start, end] = [place, place];
    while (start > 0 && isBlank(bytes[start - 1]!)) start--;
    while (end < bytes.length && isBlank(bytes[end]!)) end++;
    if (end - start >= MOST_BLANKS) return { start, end };
  }
  return null;
}

function isBlank(byte: number): boolean {
  return byte === 0x20 || byte >= 9 && byte <= 13;
}

/** Bytes that are read at a time. */
const PIECE = 1 << 20;

/** How a text is read piece by piece. */
export interface PiecesOptions {
  /** Bytes that are read at a time; 1 MiB by default. */
  bytes?: number;
}

/**
 * Reads a text as {@linkcode readText} does, piece by piece, so that it may be of any size: a compressed one alone is read
 * whole. A character is never cut in two.
 *
 * @throws {InputError} As `readText`, but for long blanks and large files.
 */
export async function* readTextPieces(
  file: string,
  { bytes: size = PIECE }: PiecesOptions = {},
): AsyncGenerator<string> {
  using source = openRegular(file);
  const bytes = new Uint8Array(size);
  let count = await readFull(source, bytes);
  if (file.endsWith(".gz") || count > 1 && bytes[0] === 0x1f && bytes[1] === 0x8b) {
    return yield await readText(file);
  }
  const start = bytes.slice(0, Math.min(count, DESCRIBED_BYTES));
  const decoder = new TextDecoder("utf-8", { fatal: true });
  for (let isLast = false; !isLast; count = isLast ? 0 : await readFull(source, bytes)) {
    isLast = count < bytes.length;
    yield checkedText(file, start, () => decoder.decode(bytes.subarray(0, count), { stream: !isLast }));
  }
}

async function readFull(source: Deno.FsFile, into: Uint8Array): Promise<number> {
  let done = 0;
  while (done < into.length) {
    const count = await source.read(into.subarray(done));
    if (count === null) break;
    done += count;
  }
  return done;
}

function decode(file: string, bytes: Uint8Array): string {
  return checkedText(file, bytes, () => new TextDecoder("utf-8", { fatal: true }).decode(bytes));
}

/** A file's text, or what is wrong with it; `bytes` are those that it begins with. */
function checkedText(file: string, bytes: Uint8Array, decode: () => string): string {
  let text: string;
  try {
    text = decode();
  } catch {
    const kind = knownContent(bytes);
    throw new InputError(`${file} is not UTF-8 text${kind === null ? "" : `, but ${kind}`}`);
  }
  if (!text.includes("\0")) return text;
  const kind = knownContent(bytes);
  throw new InputError(`${file} is not text${kind === null ? ": it holds NUL characters" : `, but ${kind}`}`);
}

function decompress(file: string, bytes: Uint8Array): Uint8Array {
  const largest = Math.min(UNPACKED.bytes + UNPACKED.ratio * bytes.length, LARGEST);
  try {
    return gunzipSync(bytes, { maxOutputLength: largest });
  } catch (error) {
    if ((error as { code?: unknown }).code !== "ERR_BUFFER_TOO_LARGE") {
      throw new InputError(`${file} is not a gzip file, or is cut short or damaged`);
    }
    throw new InputError(
      `${file} unpacks from ${megabytes(bytes.length)} to more than ${megabytes(largest)}: no table does`,
    );
  }
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toLocaleString("en", { maximumFractionDigits: bytes < 1e7 ? 1 : 0 })} MB`;
}
