import { createHash } from "node:crypto";
import { dirname, join, relative, resolve } from "node:path";
import { InputError } from "./input_error.ts";
import { DATA } from "./project.ts";
import { wasRead } from "./regular_file.ts";
import { sha256, sha256OfFile } from "./sha256.ts";
import { about } from "./system_error.ts";
import { type Draft, openDraft, writeAtomically } from "./write_atomically.ts";
import { ifMissing } from "./if_missing.ts";

/** What may be written over. */
export interface OutputOptions {
  /** Files that the same command reads: they are never written over. Those that it has read already need not be named. */
  inputs?: readonly string[];
  /** Whether a file that was read may be written over, as those of a folder that a task keeps. Default: false. */
  mayBeRead?: boolean;
  /** Whether what is there already is replaced, whoever wrote it; asked for with `--overwrite`. */
  overwrite?: boolean;
}

/** Where the checksum of each file that `writeOutput` wrote is kept, in the form that `sha256sum --check` reads. */
const RECORDS = join(DATA, "outputs");

/** The file of a folder, such as a run, that has the checksums of those that belong to it. */
export const SUMS_FILE = "SHA256SUMS";

/**
 * Writes a file that a command line names, in place of an older one that was written this way and is as it was written.
 *
 * @throws {InputError} Where something else is there and is not to be overwritten, or the command reads it, or it belongs
 * to a folder with checksums; what is there is then as it was.
 */
export async function writeOutput(
  file: string,
  content: string | Uint8Array,
  options: OutputOptions = {},
): Promise<void> {
  await using draft = await openOutput(file, options);
  await draft.write(content);
  await draft.commit();
}

/**
 * Begins a file that a command line names, as {@linkcode writeOutput} writes one.
 *
 * @throws {InputError} As there.
 */
export async function openOutput(file: string, options: OutputOptions = {}): Promise<Draft> {
  const record = await openOwnRecord(file, options);
  const draft = await openDraft(file);
  const hash = createHash("sha256");
  return {
    async write(content) {
      hash.update(content);
      await draft.write(content);
    },
    commit: () => record.keep(hash.digest("hex"), () => draft.commit()),
    [Symbol.asyncDispose]: () => draft[Symbol.asyncDispose](),
  };
}

/**
 * Puts a file that a command line names into its place in another way than by writing, as {@linkcode writeOutput} does.
 *
 * @param place Puts there what has the SHA-256 that is given, and nothing where it throws.
 * @throws {InputError} As there.
 */
export async function placeOutput(
  file: string,
  { sha256, place }: { sha256: string; place: () => Promise<void> },
  options: OutputOptions = {},
): Promise<void> {
  const record = await openOwnRecord(file, options);
  await record.keep(sha256, place);
}

/**
 * Makes sure that a file may be written as by {@linkcode writeOutput}, before the work that makes it.
 *
 * @throws {InputError} As there.
 */
export async function checkWritable(file: string, options: OutputOptions = {}): Promise<void> {
  await openOwnRecord(file, options);
  const draft = await openDraft(file);
  await draft[Symbol.asyncDispose]();
}

/** The record of a file that may be written. */
async function openOwnRecord(file: string, options: OutputOptions) {
  const owner = await ownerOf(file);
  if (owner) {
    throw new InputError(`${file}: belongs to ${owner}, so it is not written over: name another place`);
  }
  const record = await openRecord(file);
  await checkOutput(file, options, record.isOwn);
  return record;
}

/**
 * The folder, one or two above a file, whose `SHA256SUMS` has it. What cannot be read is passed over: the folder may be
 * closed to the task.
 */
async function ownerOf(file: string): Promise<string | undefined> {
  const path = await realPathOf(file);
  for (const dir of [dirname(path), dirname(dirname(path))]) {
    const own = await filesWithSum(dir);
    const inside = relative(dir, path);
    if (own.includes(inside) || own.length > 0 && inside === SUMS_FILE) return dir;
  }
}

/** Where a path leads; the path itself where nothing is there, or it may not be looked at. */
export function realPathOf(path: string): Promise<string> {
  return Deno.realPath(path).catch(() => resolve(path));
}

/** The files, by their paths in a folder, that its `SHA256SUMS` has; none where there is none that can be read. */
async function filesWithSum(dir: string): Promise<string[]> {
  const file = join(dir, SUMS_FILE);
  const isFile = await Deno.lstat(file).then(({ isFile }) => isFile, () => false);
  const sums = isFile ? await Deno.readTextFile(file).catch(() => "") : "";
  return sums.split("\n").flatMap((line) =>
    line.match(/^(?:# being \w+: )?[0-9a-f]{64} {2}(.+)$/)?.[1] ?? []
  );
}

/**
 * Makes sure that a folder may be filled with files by {@linkcode writeOutput}: it holds none of a folder with checksums,
 * such as a run's, among which others would be taken for its own.
 *
 * @throws {InputError} Where it is a file; where it, or the folder above it, has checksums of files in it.
 */
export async function checkOutputFolder(dir: string): Promise<void> {
  const path = await realPathOf(dir);
  if ((await Deno.stat(path).catch(() => null))?.isDirectory === false) {
    throw new InputError(`${dir}: is a file, not a folder`);
  }
  for (const owner of [path, dirname(path)]) {
    const own = await filesWithSum(owner);
    if (!own.some((file) => join(owner, file).startsWith(`${path}/`))) continue;
    throw new InputError(
      `${dir}: has files of ${
        join(owner, SUMS_FILE)
      }, such as a run's, so no others are written among them: name another ` +
        "folder",
    );
  }
}

/** The record of what was written to a path. */
async function openRecord(file: string) {
  const path = resolve(file);
  const record = join(RECORDS, `${sha256(path)}.sha256`);
  const lines = await Deno.readTextFile(record).catch(ifMissing) ?? "";
  return {
    /** Whether what is there is as it was written. */
    isOwn: async () => lines.includes(`${await sha256OfFile(file)}  ${path}\n`),
    /** Does the writing; a kill at any moment leaves a record that knows what is there. */
    async keep(sum: string, write: () => Promise<void>) {
      const line = `${sum}  ${path}\n`;
      await writeAtomically(record, line + lines);
      await write();
      await writeAtomically(record, line);
    },
  };
}

/**
 * Makes sure that a file may be written: it is missing, or it is this task's own older output, or it is to be
 * overwritten.
 *
 * @param isOwn Whether what is there is this task's own output, as it was written.
 * @throws {InputError} Where it is something else, or an input.
 */
export async function checkOutput(
  file: string,
  { inputs = [], overwrite = false, mayBeRead = false }: OutputOptions,
  isOwn: () => boolean | Promise<boolean>,
): Promise<void> {
  const found = await about(file, () => Deno.lstat(file)).catch(ifMissing);
  if (!found) return;
  if (found.isDirectory) throw new InputError(`${file}: is a folder, not a file`);
  const isInput = !mayBeRead && wasRead(file) ||
    (await Promise.all(inputs.map((input) => isSame(file, input)))).includes(true);
  if (isInput) {
    throw new InputError(`${file}: this command reads it, so it is not written over: name another place`);
  }
  if (overwrite || found.isFile && await isOwn()) return;
  throw new InputError(
    `${file}: is there already, and not as this task wrote it: name another place, or replace it with --overwrite`,
  );
}

async function isSame(file: string, other: string): Promise<boolean> {
  const [one, two] = await Promise.all([file, other].map((path) => Deno.stat(path).catch(ifMissing)));
  return one !== undefined && two !== undefined && one.dev === two.dev && one.ino === two.ino;
}
