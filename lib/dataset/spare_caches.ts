import { join } from "node:path";
import { IMAGE_CACHE } from "../support/project.ts";
import { cacheBytes, cacheLine, HEADER_BYTES, olderCacheBytes } from "./cache_line.ts";

/** An image cache on the disk. */
export interface CacheFile {
  path: string;
  bytes: number;
}

const NAME = /^(\d+)-([0-9a-f]{16})\.images(\.partial)?$/;

/**
 * Finds the image caches of a folder, whole ones and parts that a stopped process left: files whose name and first line
 * are those that `openImageCache` gives them, with checksums or, of before, without. All can be made anew from the images. None where the folder is missing.
 */
export async function findCaches(folder = IMAGE_CACHE): Promise<CacheFile[]> {
  const found: CacheFile[] = [];
  for (const name of await filesIn(folder)) {
    const [, size, key, partial] = name.match(NAME) ?? [];
    if (size === undefined || key === undefined) continue;
    const path = join(folder, name);
    const { images, bytes } = readLine(path);
    const isOurs = images !== null &&
      cacheLine({ size: Number(size), images: images.count, key }) === images.line;
    const shape = { size: Number(size), images: images?.count ?? 0 };
    const whole = cacheBytes(shape);
    if (isOurs && (partial ? bytes <= whole : [whole, ...olderCacheBytes(shape)].includes(bytes))) {
      found.push({ path, bytes });
    }
  }
  return found.sort((a, b) => a.path < b.path ? -1 : 1);
}

/** Removes image caches; one that another process is making stays. Gives those that were removed. */
export async function removeCaches(caches: readonly CacheFile[]): Promise<CacheFile[]> {
  const removed: CacheFile[] = [];
  for (const cache of caches) {
    using file = await Deno.open(cache.path);
    if (!await file.tryLock(true)) continue;
    await Deno.remove(cache.path);
    removed.push(cache);
  }
  return removed;
}

/** The first line of a cache, the number of images that it says, and the file's size. */
function readLine(path: string): { images: { line: string; count: number } | null; bytes: number } {
  using file = Deno.openSync(path);
  const bytes = file.statSync().size;
  const start = new Uint8Array(HEADER_BYTES);
  if (file.readSync(start) !== HEADER_BYTES) return { images: null, bytes };
  const line = new TextDecoder().decode(start);
  const count = line.match(/ uint8 (\d+) /)?.[1];
  return { images: count === undefined ? null : { line, count: Number(count) }, bytes };
}

async function filesIn(folder: string): Promise<string[]> {
  try {
    return (await Array.fromAsync(Deno.readDir(folder))).filter(({ isFile }) => isFile).map(({ name }) =>
      name
    );
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}
