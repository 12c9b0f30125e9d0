import { existsSync } from "node:fs";
import { join } from "node:path";
import { InputError } from "./input_error.ts";
import { checkOutput, type OutputOptions, SUMS_FILE } from "./outputs.ts";
import { sha256, sha256OfFile, sha256OfPieces } from "./sha256.ts";
import { about } from "./system_error.ts";
import { openDraft, writeAtomically } from "./write_atomically.ts";
import { ifMissing } from "./if_missing.ts";

export { SUMS_FILE };

/** What is known of one file. */
interface Sum {
  /** The SHA-256 of the file as it was last written; undefined where it never was to the end. */
  written?: string | undefined;
  /** That of the content which was about to replace it when the checksums were written. */
  pending?: string | undefined;
  /** Whether it was about to be removed then. */
  isGoing?: boolean;
}

/** What a writing may replace and is to remove. */
export interface WriteSummedOptions extends OutputOptions {
  /** Which of the folder's own files, by their paths in it, are removed when the others are written. */
  remove?: (file: string) => boolean;
}

/** A file of a folder that is not as it was written. */
export interface Damage {
  /** Its path in the folder. */
  file: string;
  /** Whether it is not there at all. */
  isMissing: boolean;
  /** One line that names the file and says what is wrong. */
  message: string;
}

/** What a file is to hold; where it is too long to be in memory, a function that makes its pieces anew each time. */
export type FileContent = string | Uint8Array | (() => Iterable<string>);

/** Which folder is meant. */
export interface SummedFolder {
  /** The folder. */
  dir: string;
  /** Whose folder it is, as one word such as `run`; checksums of another kind are somebody else's. */
  kind: string;
}

/**
 * Writes files of a folder, one after the other in the order given, and keeps their checksums in `SHA256SUMS`. What a
 * kill leaves is sound: each file is the old one or the new one, and the checksums allow both.
 *
 * @param files The contents by their paths in the folder.
 * @throws {InputError} Before anything is written, where a file is there that the folder's checksums do not tell to be
 * this task's own (unless it may be overwritten), or that the command reads; where the folder's checksums are of another
 * kind, which is never overwritten: nothing would tell any more whether its other files are sound.
 */
export async function writeSummed(
  folder: SummedFolder,
  files: Readonly<Record<string, FileContent>>,
  { remove = () => false, ...options }: WriteSummedOptions = {},
): Promise<void> {
  const { dir } = folder;
  const { sums, found } = await checkSummedOutputs(folder, Object.keys(files), options);
  for (const [file, content] of Object.entries(files)) {
    sums.set(file, { written: found.get(file) || undefined, pending: sumOf(content) });
  }
  await writeSums(folder, sums);
  for (const [file, content] of Object.entries(files)) {
    await writeContent(join(dir, file), content);
    sums.set(file, { written: sums.get(file)!.pending });
  }
  await removeFrom(folder, sums, remove);
  await writeSums(folder, sums);
}

function sumOf(content: FileContent): string {
  return typeof content === "function" ? sha256OfPieces(content()) : sha256(content);
}

async function writeContent(path: string, content: FileContent): Promise<void> {
  if (typeof content !== "function") return await writeAtomically(path, content);
  await using draft = await openDraft(path);
  for (const piece of content()) await draft.write(piece);
  await draft.commit();
}

/**
 * Makes sure that files of a folder may be written, before the work that makes them.
 *
 * @param files Their paths in the folder.
 * @returns The folder's checksums, and those that its files have now.
 * @throws {InputError} As {@linkcode writeSummed}.
 */
export async function checkSummedOutputs(
  folder: SummedFolder,
  files: readonly string[],
  options: OutputOptions = {},
): Promise<{ sums: Map<string, Sum>; found: Map<string, string | undefined> }> {
  const sums = await readSums(folder) ?? new Map<string, Sum>();
  const found = new Map<string, string | undefined>();
  for (const file of files) {
    const path = join(folder.dir, file);
    const sum = await sha256IfThere(path);
    await checkOutput(path, options, () => isAsWritten(sums.get(file) ?? {}, sum));
    found.set(file, sum);
  }
  return { sums, found };
}

/**
 * Removes files that the folder's checksums tell to be this task's own; others are left as they are.
 *
 * @param isMeant Which files, by their paths in the folder.
 */
export async function removeSummed(folder: SummedFolder, isMeant: (file: string) => boolean): Promise<void> {
  const sums = await readSums(folder);
  if (!sums || ![...sums.keys()].some(isMeant)) return;
  await removeFrom(folder, sums, isMeant);
  if (sums.size > 0) await writeSums(folder, sums);
  else await Deno.remove(join(folder.dir, SUMS_FILE));
}

/**
 * Takes files that are there into a folder's checksums, as they are: those of an earlier version, which kept none.
 *
 * @param files Their paths in the folder; missing ones are left out.
 */
export async function adoptSummed(folder: SummedFolder, files: readonly string[]): Promise<void> {
  const sums = await readSums(folder) ?? new Map<string, Sum>();
  for (const file of files) {
    const written = await sha256IfThere(join(folder.dir, file));
    if (written) sums.set(file, { written });
  }
  await writeSums(folder, sums);
}

/** The files that a folder's checksums are of, by their paths in it; none where it has no checksums. */
export async function summedFiles(folder: SummedFolder): Promise<string[]> {
  return [...await readSums(folder) ?? []].map(([file]) => file);
}

/** Whether a folder has checksums, but none of their files is there: a process was killed before it wrote the first. */
export async function isBegunOnly(folder: SummedFolder): Promise<boolean> {
  const sums = await readSums(folder).catch((error) => {
    if (!(error instanceof InputError)) throw error;
  });
  return sums !== undefined && [...sums.keys()].every((file) => !existsSync(join(folder.dir, file)));
}

/** Brings a folder's checksums up to date with what a killed process did: nothing is about to be written any more. */
export async function settleSummed(folder: SummedFolder): Promise<void> {
  const sums = await readSums(folder);
  if (!sums || [...sums.values()].every(({ pending, isGoing }) => !pending && !isGoing)) return;
  for (const [file, sum] of sums) {
    const found = await sha256IfThere(join(folder.dir, file));
    if (found === undefined && sum.written === undefined) sums.delete(file);
    else if (found === sum.pending) sums.set(file, { written: found });
    else sums.set(file, { written: sum.written, isGoing: sum.isGoing ?? false });
  }
  await removeFrom(folder, sums, () => false);
  await writeSums(folder, sums);
}

/** Removes files that are as they were written, and all lines of the checksums that are meant. */
async function removeFrom(
  folder: SummedFolder,
  sums: Map<string, Sum>,
  isMeant: (file: string) => boolean,
): Promise<void> {
  const own: string[] = [];
  for (const [file, sum] of [...sums]) {
    if (!sum.isGoing && !isMeant(file)) continue;
    const isOwn = isAsWritten(sum, await sha256IfThere(join(folder.dir, file)));
    if (isOwn) own.push(file);
    if (isOwn) sums.set(file, { ...sum, isGoing: true });
    else sums.delete(file);
  }
  if (own.length === 0) return;
  await writeSums(folder, sums);
  for (const file of own) {
    await Deno.remove(join(folder.dir, file));
    sums.delete(file);
  }
}

/**
 * Compares files of a folder with its checksums.
 *
 * @param folder Of `kind` null is a folder of any kind.
 * @param isMeant Which files, by their paths in the folder; all unless given.
 * @returns What is wrong; null where the folder has no checksums.
 * @throws {InputError} Where the checksums themselves are damaged.
 */
export async function checkSummed(
  folder: { dir: string; kind: string | null },
  isMeant: (file: string) => boolean = () => true,
): Promise<Damage[] | null> {
  const sums = await readSums(folder);
  if (!sums) return null;
  const damages: Damage[] = [];
  for (const [file, sum] of sums) {
    if (!isMeant(file)) continue;
    const path = join(folder.dir, file);
    const found = await sha256IfThere(path);
    const mayBeMissing = sum.written === undefined || sum.isGoing;
    if (isAsWritten(sum, found) || (found === undefined && mayBeMissing)) continue;
    const isMissing = found === undefined;
    const message = isMissing
      ? `${path}: is missing, and was written`
      : found === NO_FILE
      ? `${path}: is a folder, a link or a pipe, and was written as a file`
      : `${path}: is not as it was written (by its SHA-256): damaged, or changed since`;
    damages.push({ file, isMissing, message });
  }
  return damages;
}

/** Whether a file is there as it was written; `found` is its SHA-256. */
function isAsWritten({ written, pending }: Sum, found: string | undefined): boolean {
  return found !== undefined && (found === written || found === pending);
}

/** What stands for the SHA-256 of what is no file, such as a folder or a pipe. */
const NO_FILE = "";

/** The SHA-256 of a file; undefined where nothing is there. */
async function sha256IfThere(path: string): Promise<string | undefined> {
  const found = await about(path, () => Deno.lstat(path)).catch(ifMissing);
  if (found === undefined) return undefined;
  return found.isFile ? await sha256OfFile(path) : NO_FILE;
}

const LINE = /^(?:# being (written|removed): )?([0-9a-f]{64}) {2}(.+)$/;

/** The checksums of a folder by file, of any kind where that is null; undefined where it has none. */
async function readSums(
  { dir, kind }: { dir: string; kind: string | null },
): Promise<Map<string, Sum> | undefined> {
  const path = join(dir, SUMS_FILE);
  // Before it is opened: to open a pipe waits for a writer that may never come.
  const there = await about(path, () => Deno.lstat(path)).catch(ifMissing);
  if (there === undefined) return undefined;
  if (!there.isFile) throw new InputError(`${path}: is a folder, a link or a pipe, not a file`);
  const bytes = await about(path, () => Deno.readFile(path));
  const text = new TextDecoder().decode(bytes);
  const end = text.indexOf("\n") + 1;
  const [, found, sum] = text.slice(0, end).match(/^# Thorax, ([a-z]+): ([0-9a-f]{64})\n$/) ?? [];
  const lines = text.slice(end).split("\n").slice(0, -1).map((line) => line.match(LINE));
  const isSound = sum === sha256(bytes.subarray(new TextEncoder().encode(text.slice(0, end)).length)) &&
    lines.every((line) => line !== null);
  if (isSound && (kind === null || found === kind)) {
    const sums = new Map<string, Sum>();
    for (const line of lines) {
      const [, being, digest, file] = line!;
      const sum = being === "written"
        ? { pending: digest! }
        : { written: digest!, isGoing: being !== undefined };
      sums.set(file!, { ...sums.get(file!), ...sum });
    }
    return sums;
  }
  if (!isSound) {
    throw new InputError(`${path}: damaged: its lines do not have the checksum that its first line says`);
  }
  throw new InputError(`${path}: the checksums of a folder of another kind (${found}): name another place`);
}

async function writeSums({ dir, kind }: SummedFolder, sums: ReadonlyMap<string, Sum>): Promise<void> {
  const lines = [...sums].sort(([a], [b]) => a < b ? -1 : 1).flatMap((
    [file, { written, pending, isGoing }],
  ) => [
    ...(pending === undefined ? [] : [`# being written: ${pending}  ${file}\n`]),
    ...(written === undefined ? [] : [`${isGoing ? "# being removed: " : ""}${written}  ${file}\n`]),
  ]);
  const text = lines.join("");
  await writeAtomically(join(dir, SUMS_FILE), `# Thorax, ${kind}: ${sha256(text)}\n${text}`);
}
