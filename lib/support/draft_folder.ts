import { createHash } from "node:crypto";
import { dirname, join } from "node:path";
import { InputError } from "./input_error.ts";

/** A folder for files that are not complete yet, on the same disk as their place. */
export interface DraftFolder extends AsyncDisposable {
  /** Where the files are written. */
  dir: string;
  /** Ends the draft and keeps its files: the next draft of the same key finds them. */
  leave(): void;
}

/** Options for {@linkcode openDraftFolder}. */
export interface DraftFolderOptions {
  /** The files that will be written, relative to the draft's folder; nothing else in it is ever removed. */
  files: readonly string[];
  /**
   * What is drafted, as a text. Of two drafts of one key in one folder, also in two processes, the second waits for the
   * first to end, and finds what a killed process or `leave` left of it. Without a key every draft is another.
   */
  key?: string;
  /** Whether what was left of an earlier draft of the key is there for this one; it is removed otherwise. Default: false. */
  keep?: boolean;
}

const NAME = /^\.thorax-([0-9a-f]{32})$/;

/** The file in a draft's folder that says what it is: the process that is at work holds its lock. */
const MARK = "DRAFT";

/** Whether a name is one that drafts have. */
export function isDraftName(name: string): boolean {
  return NAME.test(name);
}

/**
 * Opens a draft: a folder named `.thorax-` and 32 hexadecimal digits. Disposing of it removes the files that are still
 * in it.
 *
 * @param parent The folder to make it in, which is made where it is missing.
 * @throws {InputError} Where a folder of that name is somebody else's.
 */
export async function openDraftFolder(
  parent: string,
  { files, key, keep = false }: DraftFolderOptions,
): Promise<DraftFolder> {
  const id = key === undefined
    ? crypto.randomUUID().replaceAll("-", "")
    : createHash("sha256").update(key).digest("hex").slice(0, 32);
  const dir = join(parent, `.thorax-${id}`);
  const mark = await lockMark(dir);
  const listed = await readMark(dir, id).catch(() => null);
  if (listed === null) {
    mark.close();
    throw new InputError(`${dir}: in the way, and no draft of Thorax: move it away`);
  }
  try {
    if (!keep) await removeContent(dir, listed);
    const lines = files.filter((file) => !listed.includes(file));
    if (listed.length === 0) lines.unshift(firstLine(id));
    const text = new TextEncoder().encode(lines.map((line) => line + "\n").join(""));
    if (listed.length === 0) await mark.truncate();
    await mark.seek(0, Deno.SeekMode.End);
    for (let written = 0; written < text.length;) written += await mark.write(text.subarray(written));
  } catch (error) {
    await removeFiles(dir, listed);
    mark.close();
    throw error;
  }
  let isOpen = true;
  function leave(): void {
    if (isOpen) mark.close();
    isOpen = false;
  }
  return {
    dir,
    leave,
    async [Symbol.asyncDispose]() {
      if (isOpen) await removeFiles(dir, [...new Set([...listed, ...files])]);
      leave();
    },
  };
}

/** Removes the drafts in a folder whose processes were killed. */
export async function removeDeadDrafts(parent: string): Promise<void> {
  for (const name of await namesIn(parent)) {
    const id = name.match(NAME)?.[1];
    if (id === undefined) continue;
    const dir = join(parent, name);
    using mark = await Deno.open(join(dir, MARK), { read: true, write: true }).catch(() => null);
    // A process that is about to mark its draft finds that the folder or the mark is gone, and begins again.
    if (mark === null) await Deno.remove(dir).catch(() => {});
    if (!await mark?.tryLock(true)) continue;
    const listed = await readMark(dir, id).catch(() => null);
    if (listed !== null) await removeFiles(dir, listed);
  }
}

/** Opens the mark of a draft, once no other process or call has it. */
async function lockMark(dir: string): Promise<Deno.FsFile> {
  const path = join(dir, MARK);
  while (true) {
    await Deno.mkdir(dir, { recursive: true });
    let mark: Deno.FsFile;
    try {
      mark = await Deno.open(path, { read: true, write: true, create: true });
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) continue;
      throw error;
    }
    await mark.lock(true);
    const named = await Deno.stat(path).catch(() => null);
    if (named?.ino === (await mark.stat()).ino) return mark;
    mark.close();
  }
}

/** The files that a draft's mark lists: none where it is empty or cut short, null where it is no mark. */
async function readMark(dir: string, id: string): Promise<string[] | null> {
  const text = await Deno.readTextFile(join(dir, MARK));
  if (firstLine(id).startsWith(text)) return [];
  const [first, ...files] = text.split("\n").slice(0, -1);
  return first === firstLine(id) && files.every(isInside) ? files : null;
}

function firstLine(id: string): string {
  return `Thorax draft ${id}: files that are not complete. Where no Thorax is at work, they may be deleted:`;
}

function isInside(file: string): boolean {
  return !file.startsWith("/") && !file.split("/").includes("..");
}

/** Removes files of a draft, the folders that are empty then, and its mark where nothing else is left. */
async function removeFiles(dir: string, files: readonly string[]): Promise<void> {
  await removeContent(dir, files);
  if ((await namesIn(dir)).some((name) => name !== MARK)) return;
  await Deno.remove(join(dir, MARK)).catch(() => {});
  await Deno.remove(dir).catch(() => {});
}

async function removeContent(dir: string, files: readonly string[]): Promise<void> {
  const folders = new Set<string>();
  for (const file of files) {
    await Deno.remove(join(dir, file)).catch(() => {});
    for (let folder = dirname(file); folder !== "."; folder = dirname(folder)) folders.add(folder);
  }
  const deepestFirst = [...folders].sort((a, b) => b.length - a.length);
  for (const folder of deepestFirst) await Deno.remove(join(dir, folder)).catch(() => {});
}

/** The names in a folder; none where it is missing. */
export async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}
