import { glob, realpath } from "node:fs/promises";
import { basename, isAbsolute, join, relative, resolve } from "node:path";
import { InputError } from "../support/input_error.ts";
import { openRegular } from "../support/regular_file.ts";
import { imageKind, isImageName, KIND_BYTES } from "./image_kind.ts";

/** A file that is to be read as an image. */
export interface ImageFile {
  /** Its absolute path; empty where it has none. */
  path: string;
  /** Its path as people read it: relative to the folder that they are in. */
  name: string;
  /** Its content, where that is in memory already: nothing is read from the path then. */
  bytes?: Uint8Array<ArrayBuffer>;
}

/** What was found where images were looked for. */
export interface FoundImages {
  /** The images, in the order of their names. */
  files: ImageFile[];
  /** How many files of folders are no images by name and content. */
  others: number;
}

const PATTERN = /[*?[{]/;

/**
 * Finds the images that files, folders and patterns (`*.png`, `scans/**`) name, each file once. In a folder, and all
 * folders in it, those count that have an image's name, none with an extension, or an image's content; what is hidden is
 * left. Whether they can be read is not looked at. A file that is named itself always counts.
 *
 * @param from The folder that relative paths start in.
 * @throws {InputError} Where a path names nothing, a pattern matches nothing, or a folder has no image.
 */
export async function findImages(given: readonly string[], from: string): Promise<FoundImages> {
  const found = new Map<string, ImageFile>();
  let others = 0;
  const add = (path: string) => {
    if (!found.has(path)) found.set(path, { path, name: nameOf(path, from) });
  };
  for (const text of given) {
    if (text === "") throw new InputError('"": an empty path names no file');
    const path = resolve(from, text);
    const kind = await kindOf(path);
    if (kind === "folder") {
      const before = found.size;
      const inside = await filesIn(path);
      inside.images.forEach(add);
      others += inside.others;
      if (found.size === before) {
        throw new InputError(`${text}: no image (PNG, JPEG or DICOM) in this folder`);
      }
    } else if (kind === "file") {
      add(path);
    } else if (PATTERN.test(text)) {
      const matches = await matchesOf(text, from);
      const files = [];
      for (const match of matches.sort()) if (await kindOf(match) === "file") files.push(match);
      if (files.length === 0) throw new InputError(`${text}: no file matches`);
      files.forEach(add);
    } else throw new InputError(`${text}: no such file or folder`);
  }
  return { files: [...found.values()], others };
}

/** The paths that match a pattern, which is looked for below its fixed part: folders above may be closed to the task. */
async function matchesOf(pattern: string, from: string): Promise<string[]> {
  const end = pattern.lastIndexOf("/", pattern.search(PATTERN)) + 1;
  const root = resolve(from, pattern.slice(0, end));
  const matches = await Array.fromAsync(glob(pattern.slice(end), { cwd: root }));
  return matches.map((match) => resolve(root, match));
}

function nameOf(path: string, from: string): string {
  const name = relative(from, path);
  return isAbsolute(name) ? basename(path) : name;
}

async function kindOf(path: string): Promise<"file" | "folder" | null> {
  try {
    return (await Deno.stat(path)).isDirectory ? "folder" : "file";
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return null;
    throw error;
  }
}

/** The files in a folder and all below it, by their paths; a link to a folder above is not followed again. */
async function filesIn(folder: string): Promise<{ images: string[]; others: number }> {
  const images: string[] = [];
  const seen = new Set<string>();
  let others = 0;

  async function walk(below: string): Promise<void> {
    const real = await realpath(below);
    if (seen.has(real)) return;
    seen.add(real);
    const names = (await Array.fromAsync(Deno.readDir(below))).map(({ name }) => name)
      .filter((name) => !name.startsWith("."));
    for (const name of names.sort()) {
      const path = join(below, name);
      const kind = await kindOf(path);
      if (kind === "folder") await walk(path);
      // What is not there is a link that leads nowhere, or a name that is not in UTF-8: that is told when it is read.
      else if (isImageName(name) || (kind === "file" && hasImageContent(path))) images.push(path);
      else others++;
    }
  }

  await walk(folder);
  return { images, others };
}

function hasImageContent(path: string): boolean {
  const start = new Uint8Array(KIND_BYTES);
  try {
    using file = openRegular(path);
    return imageKind(start.subarray(0, file.readSync(start) ?? 0)) !== null;
  } catch (error) {
    if (error instanceof InputError) return false;
    throw error;
  }
}
