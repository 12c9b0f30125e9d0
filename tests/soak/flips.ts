import { join, relative } from "node:path";
import { openImageCache } from "../../lib/dataset/image_cache.ts";
import type { ImageFolder } from "../../lib/dataset/image_folder.ts";
import { InputError } from "../../lib/support/input_error.ts";
import { random } from "../../lib/support/random.ts";
import { checkRunToRead } from "../../lib/training/check_run.ts";
import { readRunConfig } from "../../lib/training/run_config.ts";
import { type RunFolder, runFolder } from "../../lib/training/run_folder.ts";
import type { SmallRun } from "../tasks/_small_run.ts";

/** A run folder and the image cache beside it. */
export interface Flipped {
  run: RunFolder;
  images: ImageFolder;
  /** The folder of the cache, and how it is opened. */
  cache: { folder: string; names: readonly string[]; size: number };
}

/**
 * Flips bits of a run folder and an image cache, one at a time at random: first a file, each as likely as the others, then
 * a bit of it. Puts each back.
 *
 * @returns A line for each that was not found, or of which another file was named.
 */
export async function flipBits(
  given: Flipped,
  { flips, seed }: { flips: number; seed: number },
): Promise<string[]> {
  const stream = random(seed, "flips");
  const { run, cache } = given;
  const files = [...await pathsIn(run.dir), ...await pathsIn(cache.folder)].sort();
  const missed: string[] = [];
  for (let nth = 0; nth < flips; nth++) {
    const file = files[stream.integer(files.length)]!;
    const bytes = await Deno.readFile(file);
    if (bytes.length === 0) continue;
    const bit = stream.integer(8 * bytes.length);
    bytes[bit >> 3]! ^= 1 << (bit & 7);
    await Deno.writeFile(file, bytes);
    const lines = await problemsOf(given);
    bytes[bit >> 3]! ^= 1 << (bit & 7);
    await Deno.writeFile(file, bytes);
    if (lines.length === 1 && lines[0]!.startsWith(`${file}`) && !lines[0]!.includes("\n")) continue;
    missed.push(`bit ${bit} of ${relative(run.dir, file)}: ${lines.join("; ") || "not found"}`);
  }
  return missed;
}

/** What the tasks say of a run folder and its cache, a line each. */
async function problemsOf({ run, images, cache }: Flipped): Promise<string[]> {
  try {
    const notes = await checkRunToRead(run, await readRunConfig(run));
    using opened = await openImageCache(images, cache.names, { size: cache.size, cacheFolder: cache.folder });
    const pixels = new Uint8Array(cache.size ** 2);
    cache.names.forEach((_, i) => opened.read(i, pixels));
    return notes;
  } catch (error) {
    if (error instanceof InputError) return [error.message];
    throw error;
  }
}

/** The paths of all files below a folder. */
export async function pathsIn(folder: string): Promise<string[]> {
  const found = await Array.fromAsync(Deno.readDir(folder), async ({ name, isDirectory }) => {
    const path = join(folder, name);
    return isDirectory ? await pathsIn(path) : [path];
  });
  return found.flat();
}

/** What `flipBits` needs of a small run of a test project. */
export async function flippedRun({ path, dir, images }: SmallRun): Promise<Flipped> {
  const run = runFolder(dir);
  const rows = (await Deno.readTextFile(run.split)).trimEnd().split("\n").slice(1);
  const names = rows.map((row) => row.split(",")[0]!);
  const files = new Map(names.map((name) => [name, join(images, "images", name)]));
  return {
    run,
    images: { dir: images, images: files },
    cache: { folder: join(path, "data/cache"), names, size: 32 },
  };
}
