import { createHash, type Hash } from "node:crypto";
import { existsSync } from "node:fs";
import { InputError } from "../support/input_error.ts";
import { statRegular } from "../support/regular_file.ts";
import {
  cacheBytes,
  HEADER_BYTES,
  IMAGES_A_BLOCK,
  positionOf,
  RECORD_BYTES,
  TRAILER_BYTES,
} from "./cache_line.ts";

/** A file of decoded images and what has to be in it. */
export interface CacheFile {
  /** Its path. */
  file: string;
  /** Its first line. */
  header: Uint8Array;
  /** The images' names, in order. */
  images: readonly string[];
  /** Width and height of an image in pixels. */
  size: number;
}

/** What to do with a damaged file. */
export const WAY_OUT = "delete the file, and it is made anew";

/** The CRC-32 of the pixels of each image. */
export function checksumsOf(records: Uint8Array): Uint32Array {
  const view = new DataView(records.buffer, records.byteOffset);
  return Uint32Array.from(
    { length: records.length / RECORD_BYTES },
    (_, i) => view.getUint32(i * RECORD_BYTES, true),
  );
}

/**
 * Whether the cache is there and as long as it has to be.
 *
 * @throws {InputError} Where it is longer, or does not begin with its line: then it is no cut cache of Thorax; where it is
 * no file, such as a pipe.
 */
export function isWhole(plan: CacheFile): boolean {
  if (!existsSync(plan.file)) return false;
  statRegular(plan.file);
  using file = Deno.openSync(plan.file);
  const { size } = file.statSync();
  const whole = cacheBytes({ size: plan.size, images: plan.images.length });
  if (size > whole || size >= HEADER_BYTES && !startsWith(file, plan.header)) {
    throw new InputError(`${plan.file}: damaged, or no image cache: ${WAY_OUT}`);
  }
  return size === whole;
}

/** Whether a file begins with a line. */
export function startsWith(file: Deno.FsFile, header: Uint8Array): boolean {
  const start = new Uint8Array(HEADER_BYTES);
  file.seekSync(0, Deno.SeekMode.Start);
  return file.readSync(start) === HEADER_BYTES && start.every((byte, i) => byte === header[i]);
}

/** The images' records, which have a checksum together. */
export function readRecords(file: Deno.FsFile, plan: CacheFile): Uint8Array {
  const { images, size, header } = plan;
  const records = new Uint8Array(images.length * RECORD_BYTES);
  for (let start = 0; start < images.length; start += IMAGES_A_BLOCK) {
    const count = Math.min(IMAGES_A_BLOCK, images.length - start);
    const position = positionOf(start, size) + count * size * size;
    readWhole(file, plan, { into: recordsOf(records, start, count), position });
  }
  const trailer = new Uint8Array(TRAILER_BYTES);
  readWhole(file, plan, {
    into: trailer,
    position: cacheBytes({ size, images: images.length }) - TRAILER_BYTES,
  });
  const wanted = trailerOf(header, records);
  if (trailer.some((byte, i) => byte !== wanted[i])) {
    throw new InputError(`${plan.file}: damaged: its checksums do not have their own: ${WAY_OUT}`);
  }
  return records;
}

/** The records of some images. */
export function recordsOf(records: Uint8Array, start: number, count: number): Uint8Array {
  return records.subarray(start * RECORD_BYTES, (start + count) * RECORD_BYTES);
}

/** The checksum of the line and all records, which ends the file. */
export function trailerOf(header: Uint8Array, records: Uint8Array): Uint8Array {
  return createHash("sha256").update(header).update(records).digest();
}

/**
 * Reads so many bytes from a position.
 *
 * @throws {InputError} Where the file ends before.
 */
export function readWhole(
  file: Deno.FsFile,
  plan: CacheFile,
  { into, position }: { into: Uint8Array; position: number },
): void {
  file.seekSync(position, Deno.SeekMode.Start);
  for (let done = 0; done < into.length;) {
    const count = file.readSync(into.subarray(done));
    if (count === null) throw new InputError(`${plan.file}: was cut short while it was in use`);
    done += count;
  }
}

/** The hash of images by their names and the CRC-32 of each one's pixels. */
export function cacheDigest(names: readonly string[], checksums: Uint32Array): string {
  return hashNames(createHash("sha256"), names).update(checksums).digest("hex");
}

/** Updates a hash by `JSON.stringify(names)`, a piece at a time: the whole text would be long. */
export function hashNames(hash: Hash, names: readonly string[]): Hash {
  hash.update("[");
  for (let start = 0; start < names.length; start += 4096) {
    hash.update(`${start === 0 ? "" : ","}${JSON.stringify(names.slice(start, start + 4096)).slice(1, -1)}`);
  }
  return hash.update("]");
}
