import { createHash } from "node:crypto";
import { dirname, join } from "node:path";
import { inParallel } from "../support/in_parallel.ts";
import { InputError } from "../support/input_error.ts";
import { openLocked } from "../support/open_locked.ts";
import { statRegular } from "../support/regular_file.ts";
import { cacheLine, HEADER_BYTES } from "./cache_line.ts";
import { decodeImage } from "./decode_image.ts";
import type { ImageFolder } from "./image_folder.ts";
import { IMAGE_CACHE } from "../support/project.ts";

/** Grey images of one size in a file, read one at a time: memory does not grow with their number. */
export interface ImageCache extends Disposable {
  /** Pixels a row and rows of an image. */
  readonly size: number;
  /** The images' file names; an image's index is its place here. */
  readonly names: readonly string[];
  /** Gives the index of an image by name, or undefined where it is not in the cache. */
  indexOf(name: string): number | undefined;
  /** Reads an image, 0 (black) to 255 (white), row by row into the first size * size bytes of `into`. */
  read(index: number, into: Uint8Array): void;
}

/** How `openImageCache` makes and finds the cache. */
export interface ImageCacheOptions {
  /** Pixels a row and rows of an image. */
  size: number;
  /** Where caches lie; the project's `data/cache` by default. */
  cacheFolder?: string;
  /** Called after each image that is decoded; not called where the cache exists. */
  onProgress?: ((done: number, total: number) => void) | undefined;
  /** Ends the decoding; what is decoded is kept, and the next call goes on from there. */
  signal?: AbortSignal | undefined;
}

/** To be raised when `decodeImage` gives other values, or the file's layout changes. */
const VERSION = 1;
const IMAGES_A_BLOCK = 256;
const IN_FLIGHT = 2 * navigator.hardwareConcurrency;

/** A cache file and what has to be in it. */
interface Plan {
  file: string;
  header: Uint8Array;
  images: readonly string[];
  decode(image: string): Promise<Uint8Array>;
  size: number;
}

/**
 * Opens the cache of some images of a folder; where there is none, decodes them into it, several at a time.
 *
 * The file is a line of 64 bytes, then uint8 [names, size, size]. Its name and its line hold a hash of what made it:
 * version, size, folder, and each image's name, size in bytes and time of change. It is written as `.partial` and
 * renamed when whole; a kill leaves the part, and the next call goes on from it. Who comes while another process writes
 * the same cache waits for it. A cache that was cut short is made anew.
 *
 * @throws {InputError} Where an image is missing or cannot be decoded, or the disk is full; no part is left then.
 * @throws The signal's reason where it ended the decoding.
 */
export async function openImageCache(
  folder: ImageFolder,
  names: readonly string[],
  options: ImageCacheOptions,
): Promise<ImageCache> {
  const plan = planOf(folder, names, options);
  if (!isWhole(plan)) await build(plan, options);
  const file = Deno.openSync(plan.file);
  const { size } = options;
  const bytes = size * size;
  const indices = new Map(names.map((name, index) => [name, index]));

  function read(index: number, into: Uint8Array): void {
    if (!(index >= 0 && index < names.length)) {
      throw new RangeError(`No image ${index} among ${names.length}`);
    }
    file.seekSync(HEADER_BYTES + index * bytes, Deno.SeekMode.Start);
    for (let done = 0; done < bytes;) {
      const count = file.readSync(into.subarray(done, bytes));
      if (count === null) throw new Error(`${plan.file} was cut short while it was in use`);
      done += count;
    }
  }

  return { size, names, indexOf: (name) => indices.get(name), read, [Symbol.dispose]: () => file.close() };
}

function planOf(folder: ImageFolder, names: readonly string[], options: ImageCacheOptions): Plan {
  const { size, cacheFolder = IMAGE_CACHE } = options;
  const hash = createHash("sha256").update(`${VERSION}\n${size}\n${folder.dir}\n`);
  for (const name of names) {
    const path = folder.images.get(name);
    if (path === undefined) throw new InputError(`${folder.dir}: image ${name} is missing`);
    const { size, mtime } = statRegular(path);
    hash.update(`${name} ${size} ${mtime?.getTime()}\n`);
  }
  const key = hash.digest("hex").slice(0, 16);
  const line = cacheLine({ size, images: names.length, key });
  return {
    file: join(cacheFolder, `${size}-${key}.images`),
    header: new TextEncoder().encode(line),
    images: names,
    decode: (image) => folder.decode?.(image, size) ?? decodeImage(folder.images.get(image)!, size),
    size,
  };
}

/** Whether the cache is there, has the right line and is as long as it has to be. */
function isWhole({ file, header, images, size }: Plan): boolean {
  try {
    using cache = Deno.openSync(file);
    return cache.statSync().size === HEADER_BYTES + images.length * size * size && startsWith(cache, header);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

function startsWith(file: Deno.FsFile, header: Uint8Array): boolean {
  const start = new Uint8Array(HEADER_BYTES);
  file.seekSync(0, Deno.SeekMode.Start);
  return file.readSync(start) === HEADER_BYTES && start.every((byte, i) => byte === header[i]);
}

async function build(plan: Plan, options: ImageCacheOptions): Promise<void> {
  const draft = `${plan.file}.partial`;
  try {
    await Deno.mkdir(dirname(draft), { recursive: true });
    using file = await openLocked(draft);
    if (isWhole(plan)) return await Deno.remove(draft);
    await append(file, plan, options);
    await file.syncData();
    await Deno.rename(draft, plan.file);
  } catch (error) {
    if (options.signal?.aborted) throw error;
    await Deno.remove(draft).catch(() => {});
    if ((error as { code?: string }).code !== "ENOSPC") throw error;
    const megabytes = Math.ceil(plan.images.length * plan.size * plan.size / 1e6);
    throw new InputError(`${plan.file}: the disk is full; the image cache needs ${megabytes} MB`);
  }
}

/** Decodes what a part of the cache still lacks, a block of images at a time, in order. */
async function append(
  file: Deno.FsFile,
  plan: Plan,
  { onProgress, signal }: ImageCacheOptions,
): Promise<void> {
  const { header, images, decode, size } = plan;
  const bytes = size * size;
  const length = file.statSync().size;
  let done = startsWith(file, header)
    ? Math.min(Math.floor((length - HEADER_BYTES) / bytes), images.length)
    : 0;
  const kept = done === 0 ? 0 : HEADER_BYTES + done * bytes;
  if (kept < length) file.truncateSync(kept);
  file.seekSync(kept, Deno.SeekMode.Start);
  if (kept === 0) writeWhole(file, header);
  while (done < images.length) {
    const block = images.slice(done, done + IMAGES_A_BLOCK);
    const pixels = new Uint8Array(block.length * bytes);
    await inParallel(block.entries(), { workers: IN_FLIGHT, signal }, async ([index, image]) => {
      pixels.set(await decode(image), index * bytes);
      done++;
      onProgress?.(done, images.length);
    });
    writeWhole(file, pixels);
  }
}

function writeWhole(file: Deno.FsFile, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length;) written += file.writeSync(bytes.subarray(written));
}
