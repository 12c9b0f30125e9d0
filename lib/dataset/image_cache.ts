import { createHash, type Hash } from "node:crypto";
import { dirname, join } from "node:path";
import { crc32 } from "node:zlib";
import { inParallel } from "../support/in_parallel.ts";
import { InputError } from "../support/input_error.ts";
import { writeAllAt } from "../support/system_error.ts";
import { openLocked } from "../support/open_locked.ts";
import { openRegular } from "../support/regular_file.ts";
import { cacheKey, type CacheKeyOptions } from "./cache_key.ts";
import {
  cacheLine,
  CHECKSUM_BYTES,
  CONTENT_BYTES,
  HEADER_BYTES,
  IMAGES_A_BLOCK,
  RECORD_BYTES,
} from "./cache_line.ts";
import {
  type CacheFile,
  checksumsOf,
  isWhole,
  readRecords,
  readWhole,
  recordsOf,
  startsWith,
  trailerOf,
  WAY_OUT,
} from "./cache_file.ts";
import type { ImageCache } from "./decoded_images.ts";
import type { ImageFolder } from "./image_folder.ts";
import { preparePixels } from "./preparation.ts";
import { readImage } from "./read_image.ts";
import { IMAGE_CACHE } from "../support/project.ts";
import { syncFolder } from "../support/write_atomically.ts";
import { storedImages } from "./stored_images.ts";

export type { CacheKeyOptions, ImageCache };

/** How `openImageCache` makes and finds the cache. */
export interface ImageCacheOptions {
  /** Pixels a row and rows of an image. */
  size: number;
  /** Where caches lie; the project's `data/cache` by default. */
  cacheFolder?: string;
  /** Called after each image that is decoded; not called where the cache exists. */
  onProgress?: ((done: number, total: number) => void) | undefined;
  /** Whether every image's file is compared with what was decoded, instead of a sample. Default: false. */
  checkAll?: boolean | undefined;
  /** Gives what the file system says of a file or folder, in the place of `stat`. */
  stat?: CacheKeyOptions["stat"];
  /** Ends the decoding; what is decoded is kept, and the next call goes on from there. */
  signal?: AbortSignal | undefined;
}

/** To be raised when `decodeImage` gives other values, or the file's layout changes. */
const VERSION = 3;
/** Bytes of the images' files that are compared with what was decoded when a cache is opened. */
const SAMPLE_BYTES = 64e6;

const IN_FLIGHT = 2 * navigator.hardwareConcurrency;

/** A cache file, what has to be in it, and how it is made. */
interface Plan extends CacheFile {
  /** An image's pixels, and what tells the content that they were decoded from. */
  decode(image: string): Promise<{ pixels: Uint8Array; content: Uint8Array }>;
  /** What tells the content of an image's file, as its record has it, and the file's size in bytes. */
  contentOf(image: string): Promise<{ content: Uint8Array; bytes: number }>;
}

/**
 * Opens the cache of some images of a folder; where there is none, decodes them into it, several at a time.
 *
 * The file is a line of 64 bytes, then blocks of up to 256 images, uint8 [images, size, size], each followed by a record
 * for every image of it: the CRC-32 of its pixels, and 16 bytes of the SHA-256 of the file that it was decoded from; then
 * the SHA-256 of the line and those records. Its name and its line hold a hash of what made it: version, size, folder, and
 * each image's name, size in bytes, times and inode (`cacheKey`), so that an image that was replaced is noticed even where
 * size and time of change are the same; of 20,000 images and more no file is looked at while their folders' times are the
 * same, unless with `checkAll`. Not all file systems keep the times of every change: so files of 64 MB in all, others each time,
 * are read and compared with their SHA-256 when a cache is opened, or all of them with `checkAll`; where one is another, the
 * cache is made anew. What that costs, on two cores, with 4,800 phantoms of 177 MB at 64x64: 0.2 s at each opening, 0.5 s for
 * all; decoding hashes what it has read, 0.4 ms for an X-ray of 330 KB.
 *
 * An image is compared with its CRC-32 whenever it is read (2 us at 64x64). The file is written as `.partial` and renamed
 * when whole; a kill leaves the part, and the next call goes on from it. Who comes while another process writes the same
 * cache waits for it. A cache that was cut short is made anew.
 *
 * @throws {InputError} Where an image is missing or cannot be decoded, the disk is full (no part is left then), or the
 * cache is damaged.
 * @throws The signal's reason where it ended the decoding.
 */
export async function openImageCache(
  folder: ImageFolder,
  names: readonly string[],
  options: ImageCacheOptions,
): Promise<ImageCache> {
  if (folder.decoded) return folder.decoded(names, options);
  const { size, cacheFolder = IMAGE_CACHE, checkAll = false, stat } = options;
  const keyOf = (looksAtAll: boolean) =>
    cacheKey(folder, names, { version: VERSION, size, cacheFolder, looksAtAll, stat });
  let key = keyOf(checkAll);
  let plan = planOf(folder, names, { ...options, key: key.key });
  const lookAtAll = () => {
    if (!key.isRemembered) return;
    key = keyOf(true);
    plan = planOf(folder, names, { ...options, key: key.key });
  };
  if (!isWhole(plan)) lookAtAll();
  let opened = await openWhole(plan, options);
  if (await isOutdated(plan, opened.records, options)) {
    opened.file.close();
    await Deno.remove(plan.file);
    lookAtAll();
    opened = await openWhole(plan, options);
  }
  await key.remember();
  const { file, records } = opened;
  const checksums = checksumsOf(records);
  return storedImages({
    names,
    size,
    checksums,
    placeOf: (index) => ({ file, layout: plan, index }),
    wayOut: WAY_OUT,
    dispose: () => file.close(),
  });
}

/** Opens the file of a cache, which is made where it is missing, and reads its records. */
async function openWhole(plan: Plan, options: ImageCacheOptions) {
  if (!isWhole(plan)) await build(plan, options);
  const file = Deno.openSync(plan.file);
  try {
    return { file, records: readRecords(file, plan) };
  } catch (error) {
    file.close();
    throw error;
  }
}

/** Whether an image's file, of those looked at, is not what was decoded. */
async function isOutdated(
  { images, contentOf }: Plan,
  records: Uint8Array,
  { checkAll = false, signal }: ImageCacheOptions,
): Promise<boolean> {
  const order = Uint32Array.from(images.keys());
  let left = checkAll ? Infinity : SAMPLE_BYTES;
  for (let end = order.length; end > 0 && left > 0; end--) {
    signal?.throwIfAborted();
    // Not a stream of the seed: others each time, and no figure depends on it.
    const picked = Math.floor(end * Math.random());
    const index = order[picked]!;
    order[picked] = order[end - 1]!;
    const { content, bytes } = await contentOf(images[index]!);
    const at = index * RECORD_BYTES + CHECKSUM_BYTES;
    if (content.some((byte, i) => byte !== records[at + i])) return true;
    left -= bytes;
  }
  return false;
}

function planOf(
  folder: ImageFolder,
  names: readonly string[],
  { key, ...options }: ImageCacheOptions & { key: string },
): Plan {
  const { size, cacheFolder = IMAGE_CACHE } = options;
  const { preparation = "squeezed" } = folder;
  // Images that lie in one file are compared by that file, once.
  const known = new Map<string, ReturnType<Plan["contentOf"]>>();
  const onceOf = (path: string) => known.get(path) ?? known.set(path, contentOfFile(path)).get(path)!;
  const line = cacheLine({ size, images: names.length, key });
  return {
    file: join(cacheFolder, `${size}-${key}.images`),
    header: new TextEncoder().encode(line),
    images: names,
    decode: async (image) => {
      const path = folder.images.get(image)!;
      if (folder.read) {
        // Before it is decoded: of a file that is replaced in between, the pixels are newer than the record, which is noticed.
        const { content } = await onceOf(path);
        return { pixels: preparePixels(folder.read(image), { size, preparation }), content };
      }
      const hash = createHash("sha256");
      const found = await readImage(path, (bytes) => hash.update(bytes));
      return { pixels: preparePixels(found.image, { size, preparation }), content: recorded(hash) };
    },
    contentOf: (image) => (folder.read ? onceOf : contentOfFile)(folder.images.get(image)!),
    size,
  };
}

async function contentOfFile(path: string): Promise<{ content: Uint8Array; bytes: number }> {
  const hash = createHash("sha256");
  using file = openRegular(path);
  const piece = new Uint8Array(1 << 16);
  let bytes = 0;
  for (let count = await file.read(piece); count !== null; count = await file.read(piece)) {
    hash.update(piece.subarray(0, count));
    bytes += count;
  }
  return { content: recorded(hash), bytes };
}

/** As much of a hash as a record has. */
function recorded(hash: Hash): Uint8Array {
  return hash.digest().subarray(0, CONTENT_BYTES);
}

async function build(plan: Plan, options: ImageCacheOptions): Promise<void> {
  const draft = `${plan.file}.partial`;
  const folder = dirname(draft);
  await Deno.mkdir(folder, { recursive: true });
  using file = await openLocked(draft);
  if (!isDraft(file, plan)) {
    throw new InputError(`${draft}: in the way, and no part of an image cache: move it away`);
  }
  try {
    if (isWhole(plan)) return await Deno.remove(draft);
    await append(file, plan, options);
    await file.syncData();
    await Deno.rename(draft, plan.file);
    await syncFolder(folder);
  } catch (error) {
    if (options.signal?.aborted) throw error;
    await Deno.remove(draft).catch(() => {});
    if ((error as { code?: string }).code !== "ENOSPC") throw error;
    const megabytes = Math.ceil(plan.images.length * plan.size * plan.size / 1e6);
    throw new InputError(`${plan.file}: the disk is full; the image cache needs ${megabytes} MB`);
  }
}

/** Whether a file is the beginning of a cache (empty, or begins with its line or a part of that), or nobody's file. */
function isDraft(file: Deno.FsFile, { header }: Plan): boolean {
  if (!file.statSync().isFile) return true;
  const start = new Uint8Array(HEADER_BYTES);
  file.seekSync(0, Deno.SeekMode.Start);
  const count = file.readSync(start) ?? 0;
  return start.subarray(0, count).every((byte, i) => byte === header[i]);
}

/** Decodes what a draft of the cache still lacks, a block of images at a time, in order. */
async function append(
  file: Deno.FsFile,
  plan: Plan,
  { onProgress, signal }: ImageCacheOptions,
): Promise<void> {
  const { header, images, decode, size } = plan;
  const bytes = size * size;
  const { blocks, records } = soundBlocks(file, plan);
  const view = new DataView(records.buffer);
  let done = Math.min(blocks * IMAGES_A_BLOCK, images.length);
  const kept = blocks === 0 ? 0 : HEADER_BYTES + blocks * IMAGES_A_BLOCK * (bytes + RECORD_BYTES);
  if (kept < file.statSync().size) file.truncateSync(kept);
  file.seekSync(kept, Deno.SeekMode.Start);
  if (kept === 0) writeAllAt(plan.file, file, header);
  while (done < images.length) {
    const start = done;
    const block = images.slice(start, start + IMAGES_A_BLOCK);
    const pixels = new Uint8Array(block.length * bytes);
    await inParallel(block.entries(), { workers: IN_FLIGHT, signal }, async ([index, image]) => {
      const at = (start + index) * RECORD_BYTES;
      const { pixels: decoded, content } = await decode(image);
      pixels.set(decoded, index * bytes);
      view.setUint32(at, crc32(decoded), true);
      records.set(content, at + CHECKSUM_BYTES);
      done++;
      onProgress?.(done, images.length);
    });
    writeAllAt(plan.file, file, pixels);
    writeAllAt(plan.file, file, recordsOf(records, start, block.length));
  }
  writeAllAt(plan.file, file, trailerOf(header, records));
}

/** The whole blocks of 256 images that a draft begins with and that have their checksums. */
function soundBlocks(
  file: Deno.FsFile,
  plan: Plan,
): { blocks: number; records: Uint8Array<ArrayBuffer> } {
  const { header, images, size } = plan;
  const bytes = size * size;
  const records = new Uint8Array(images.length * RECORD_BYTES);
  const blockBytes = IMAGES_A_BLOCK * (bytes + RECORD_BYTES);
  if (!startsWith(file, header)) return { blocks: 0, records };
  const most = Math.min(
    Math.floor((file.statSync().size - HEADER_BYTES) / blockBytes),
    Math.floor(images.length / IMAGES_A_BLOCK),
  );
  const block = new Uint8Array(blockBytes);
  for (let nth = 0; nth < most; nth++) {
    readWhole(file, plan, { into: block, position: HEADER_BYTES + nth * blockBytes });
    const found = block.slice(IMAGES_A_BLOCK * bytes);
    const isSound = checksumsOf(found).every((sum, i) =>
      sum === crc32(block.subarray(i * bytes, (i + 1) * bytes))
    );
    if (!isSound) return { blocks: nth, records };
    records.set(found, nth * IMAGES_A_BLOCK * RECORD_BYTES);
  }
  return { blocks: most, records };
}
