import { createHash, type Hash } from "node:crypto";
import { type BigIntStats, statSync } from "node:fs";
import { join } from "node:path";
import { InputError } from "../support/input_error.ts";
import { statRegular } from "../support/regular_file.ts";
import { writeAtomically } from "../support/write_atomically.ts";
import { hashNames } from "./cache_file.ts";
import type { ImageFolder } from "./image_folder.ts";

/** What tells one image cache from others. */
export interface CacheKey {
  /** 16 hexadecimal digits: the hash of what the cache is made of. */
  key: string;
  /** Whether no image's file was looked at, as their folders are as they were. */
  isRemembered: boolean;
  /** Remembers the key for the next time; does nothing where that would be unsure or pay little. */
  remember(): Promise<void>;
}

/** How the key of a cache is found. */
export interface CacheKeyOptions {
  /** Raised when images are decoded to other values. */
  version: number;
  /** Pixels a row and rows of an image. */
  size: number;
  /** Where caches lie. */
  cacheFolder: string;
  /** Whether every image's file is looked at, whatever is remembered. */
  looksAtAll: boolean;
  /** Gives what the file system says of a file or folder; {@linkcode statOf} unless it is to be watched. */
  stat?: ((path: string) => BigIntStats) | undefined;
}

/** Of fewer images each file is looked at: that takes a fraction of a second. */
export const REMEMBERED_FROM = 20_000;

/** Folders that were changed so shortly before are not relied on, as not all file systems tell times finely. */
const SETTLED_MS = 2000;

/** What the file system says of a path. */
export const statOf = (path: string): BigIntStats => statSync(path, { bigint: true });

/**
 * The key of a cache: the hash of version, size, folder, and each image's name, size in bytes, times and inode. A file
 * that is added, removed or replaced changes its folder's time; so of many images the key is remembered with the times of
 * their folders, and no file is looked at while these stay as they are. What is written into a file in place does not
 * show in its folder.
 *
 * @throws {InputError} Where an image is missing.
 */
export function cacheKey(
  folder: ImageFolder,
  names: readonly string[],
  options: CacheKeyOptions,
): CacheKey {
  const { version, size, cacheFolder, looksAtAll, stat = statOf } = options;
  const { preparation = "squeezed" } = folder;
  const begun = () => {
    const hash = createHash("sha256").update(`${version}\n${size}\n${folder.dir}\n`);
    return preparation === "squeezed" ? hash : hash.update(`${preparation}\n`);
  };
  const folders = names.length < REMEMBERED_FROM ? null : foldersOf(folder, names);
  const now = Date.now();
  const times = folders?.map((path) => ({ path, found: stat(path) })) ?? null;
  const file = times && join(cacheFolder, `${size}-${keyOfFolders(begun(), names, times)}.key`);
  const known = looksAtAll || file === null ? null : readKey(file);
  if (known !== null) return { key: known, isRemembered: true, remember: () => Promise.resolve() };
  const hash = begun();
  for (const name of names) {
    const path = pathOf(folder, name);
    statRegular(path);
    // The time of the last change of any kind, unlike that of the content, cannot be set.
    const { size, mtimeNs, ctimeNs, ino } = stat(path);
    hash.update(`${name} ${size} ${mtimeNs} ${ctimeNs} ${ino}\n`);
  }
  const key = digest(hash);
  const isSettled = times?.every(({ found: { ctimeMs, mtimeMs } }) =>
    now - Number(ctimeMs) > SETTLED_MS && now - Number(mtimeMs) > SETTLED_MS
  );
  return {
    key,
    isRemembered: false,
    remember: async () => {
      if (file !== null && isSettled) await writeAtomically(file, `${key}\n`);
    },
  };
}

function pathOf(folder: ImageFolder, name: string): string {
  const path = folder.images.get(name);
  if (path === undefined) throw new InputError(`${folder.dir}: image ${name} is missing`);
  return path;
}

/** The folders in which images lie, each once. */
function foldersOf(folder: ImageFolder, names: readonly string[]): string[] {
  const folders = new Set<string>();
  let last = "";
  for (const name of names) {
    const path = pathOf(folder, name);
    const end = path.lastIndexOf("/");
    if (last !== "" && end + 1 === last.length && path.startsWith(last)) continue;
    last = path.slice(0, end + 1);
    folders.add(last);
  }
  return [...folders];
}

function keyOfFolders(
  hash: Hash,
  names: readonly string[],
  folders: readonly { path: string; found: BigIntStats }[],
): string {
  for (const { path, found: { mtimeNs, ctimeNs, ino } } of folders) {
    hash.update(`${path} ${mtimeNs} ${ctimeNs} ${ino}\n`);
  }
  return digest(hashNames(hash, names));
}

function digest(hash: Hash): string {
  return hash.digest("hex").slice(0, 16);
}

/** A key that was remembered; null where there is none. */
function readKey(file: string): string | null {
  try {
    return /^([0-9a-f]{16})\n$/.exec(Deno.readTextFileSync(file))?.[1] ?? null;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}
