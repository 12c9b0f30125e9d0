import { join, relative } from "node:path";
import { InputError } from "../support/input_error.ts";
import type { Entry } from "./entry.ts";
import type { GreyImage } from "./grey_image.ts";
import type { ImageCache } from "./decoded_images.ts";
import { isImageName } from "./image_kind.ts";
import type { Preparation } from "./preparation.ts";

/** Where the images of a data set lie. */
export interface ImageFolder {
  /** The folder's absolute path. */
  dir: string;
  /** The path of each image's file by the image's name, in no particular order. */
  images: ReadonlyMap<string, string>;
  /** How images are made squares; absent where they are squeezed. */
  preparation?: Preparation;
  /** Gives an image of a file that holds many; absent where each is in a file of its own. */
  read?: (image: string) => GreyImage;
  /** Opens images that are decoded already, of one size; absent where they are to be decoded. */
  decoded?: (names: readonly string[], options: { size: number }) => ImageCache;
}

/** What to do with rows whose image is missing. */
export interface EntriesWithImageOptions {
  /** The file that the entries are from, for messages. */
  table: string;
  /** Leave such rows out (default false: throw). */
  skipMissing?: boolean;
}

/**
 * Gives the entries whose image is in the folder, in their order.
 *
 * @throws {InputError} Where images are missing: how many, and the first five; with `skipMissing` only where all are.
 */
export function entriesWithImage(
  entries: readonly Entry[],
  { dir, images }: ImageFolder,
  { table, skipMissing = false }: EntriesWithImageOptions,
): Entry[] {
  const present = entries.filter(({ image }) => images.has(image));
  const missing = entries.length - present.length;
  if (missing === 0 || (skipMissing && present.length > 0)) return present;
  const first = entries.filter(({ image }) => !images.has(image)).slice(0, 5).map(({ image }) => image);
  throw new InputError(
    `${table}: ${missing} of ${entries.length} rows have no image in ${dir}: ` +
      first.join(", ") + (missing > first.length ? ", ..." : ""),
  );
}

/**
 * The names in a folder, without hidden ones (macOS leaves `._NAME.png` on other file systems).
 *
 * @throws {InputError} Where there is no such folder, or it may not be read.
 */
export async function listFolder(folder: string): Promise<Map<string, Deno.DirEntry>> {
  try {
    const entries = new Map<string, Deno.DirEntry>();
    for await (const entry of Deno.readDir(folder)) {
      if (!entry.name.startsWith(".")) entries.set(entry.name, entry);
    }
    return entries;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) throw new InputError(`${folder}: no such folder`);
    if (error instanceof Deno.errors.NotADirectory) throw new InputError(`${folder}: not a folder`);
    if (error instanceof Deno.errors.PermissionDenied) throw new InputError(`${folder}: may not be read`);
    throw error;
  }
}

/**
 * The paths, from a folder, of all files in it that may be images, at any depth. Symbolic links to files are followed,
 * those to folders are not.
 */
export async function listImages(folder: string): Promise<string[]> {
  const found: string[] = [];
  const folders = [folder];
  for (let next = folders.pop(); next !== undefined; next = folders.pop()) {
    for (const { name, isDirectory } of (await listFolder(next)).values()) {
      if (isDirectory) folders.push(join(next, name));
      else if (isImageName(name)) found.push(relative(folder, join(next, name)));
    }
  }
  return found.sort();
}
