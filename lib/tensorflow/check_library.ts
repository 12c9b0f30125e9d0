import { basename, dirname, join } from "node:path";
import { InputError } from "../support/input_error.ts";

/** The sizes and places of ELF's headers for 64 bits, and the kind of a part that is mapped into memory (System V ABI, chapter 4 and 5). */
const HEADER_BYTES = 64;
const PART_BYTES = 56;
const LOADED = 1;

/**
 * Makes sure that TensorFlow's library and the one that comes with it are as long as their own headers say. One that was
 * cut short loads without a word, and the process ends with SIGBUS when a missing page is touched.
 *
 * @throws {InputError} One of them is cut short.
 */
export function checkLibrary(file: string): void {
  for (const library of filesOfLibrary(file)) checkLength(library);
}

/** TensorFlow's library and the one beside it that it loads. */
export function filesOfLibrary(file: string): string[] {
  return [file, join(dirname(file), basename(file).replace("_cc", "_framework"))];
}

function checkLength(file: string): void {
  let size: number;
  let needed: number;
  try {
    using library = Deno.openSync(file);
    size = library.statSync().size;
    needed = mappedLength(library);
  } catch (error) {
    // What is missing, or may not be looked at, the system's loader has words for.
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotCapable) return;
    throw error;
  }
  if (size >= needed) return;
  throw new InputError(
    `${file} is cut short: it has ${size} bytes and needs ${needed}; run \`deno task setup\``,
  );
}

/** How many bytes of a library are mapped into memory when it is loaded; 0 where it is no ELF file of 64 bits. */
function mappedLength(library: Deno.FsFile): number {
  const header = read(library, { start: 0, length: HEADER_BYTES });
  const isElf = header?.getUint32(0) === 0x7f454c46 && header.getUint8(4) === 2 && header.getUint8(5) === 1;
  if (!header || !isElf) return 0;
  const start = Number(header.getBigUint64(32, true));
  const count = header.getUint16(56, true);
  const parts = read(library, { start, length: count * PART_BYTES });
  if (!parts) return start + count * PART_BYTES;
  const ends = Array.from({ length: count }, (_, i) => i * PART_BYTES)
    .filter((at) => parts.getUint32(at, true) === LOADED)
    .map((at) => Number(parts.getBigUint64(at + 8, true) + parts.getBigUint64(at + 32, true)));
  return Math.max(0, ...ends);
}

/** Bytes of a file; null where it ends before them. */
function read(file: Deno.FsFile, { start, length }: { start: number; length: number }): DataView | null {
  const bytes = new Uint8Array(length);
  file.seekSync(start, Deno.SeekMode.Start);
  for (let done = 0; done < length;) {
    const count = file.readSync(bytes.subarray(done));
    if (count === null) return null;
    done += count;
  }
  return new DataView(bytes.buffer);
}
