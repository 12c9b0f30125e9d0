/** What the system refused, in words. */
export interface SystemRefusal {
  /** Why, in lower case: `permission denied`. */
  reason: string;
  /** The path that it was about; undefined where the error does not say. */
  path?: string | undefined;
}

/** Words for the errors that occur, where those of the system are not plain. */
const REASONS: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EBUSY: "is in use by another program",
  EDQUOT: "the disk quota is used up",
  EEXIST: "exists already",
  EFBIG: "the file would be too large for this file system",
  EIO: "the disk reports an input/output error",
  EISDIR: "is a folder, not a file",
  ELOOP: "its symbolic links lead in a circle",
  EMFILE: "too many open files",
  ENAMETOOLONG: "the name is too long",
  ENFILE: "too many open files",
  ENOENT: "no such file or folder",
  ENOMEM: "not enough memory",
  ENOSPC: "no space left on the disk",
  ENOTDIR: "a part of this path is a file, not a folder",
  ENOTEMPTY: "the folder is not empty",
  ENXIO: "is no file that can be read",
  EPERM: "permission denied",
  EROFS: "the file system is read-only",
  ESTALE: "the network file system has lost it",
  ETXTBSY: "is in use by another program",
  EXDEV: "is on another file system",
};

/** What Deno says, without a code, of an empty path where it has to ask whether the path may be read. */
const NO_PATH = "Empty path is not allowed";

/** What only a mistake in Thorax gives: it keeps its stack trace. */
const DEFECTS: ReadonlySet<string> = new Set(["EBADF", "EFAULT"]);

/**
 * Explains what the file system refused, whichever of Deno and Node threw it. Null for every other error.
 *
 * @example
 * ```ts
 * import { systemRefusal } from "./system_error.ts";
 * await Deno.readFile("locked.png").catch((error) => systemRefusal(error)?.reason); // "permission denied"
 * ```
 */
export function systemRefusal(error: unknown): SystemRefusal | null {
  if (!(error instanceof Error)) return null;
  if (error.message === NO_PATH) return { reason: REASONS.ENOENT!, path: "" };
  const { code, path } = error as Error & { code?: unknown; path?: unknown };
  if (typeof code !== "string" || !/^E[A-Z0-9]+$/.test(code) || DEFECTS.has(code)) return null;
  return {
    reason: REASONS[code] ?? wordsOf(error.message),
    path: typeof path === "string" ? path : pathIn(error.message),
  };
}

/** Does some work, and adds to what the file system throws which path it is about: not all of Deno's errors say it. */
export async function about<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw withPath(error, path);
  }
}

/** Writes bytes to the end of what was written; what the file system throws has the path in it. */
export function writeAllAt(path: string, file: Deno.FsFile, bytes: Uint8Array): void {
  try {
    for (let written = 0; written < bytes.length;) written += file.writeSync(bytes.subarray(written));
  } catch (error) {
    throw withPath(error, path);
  }
}

function withPath(error: unknown, path: string): unknown {
  return error instanceof Error ? Object.assign(error, { path }) : error;
}

/** The refusal as one sentence, with its path in front where it is known. */
export function describeRefusal({ reason, path }: SystemRefusal): string {
  return path === undefined ? reason : `${path === "" ? '""' : path}: ${reason}`;
}

/** The path at the end of an error's message; where it names two (`'a' -> 'b'`), the second. */
function pathIn(message: string): string | undefined {
  return /[:,] \w+ '(.*)'$/s.exec(message)?.[1]?.split("' -> '").at(-1);
}

/** The system's own words: `Bad address (os error 14): ...` of Deno's errors, `EFAULT: bad address, ...` of Node's. */
function wordsOf(message: string): string {
  const words = message.replace(/^E[A-Z0-9]+: /, "").replace(/ \(os error \d+\).*$/s, "").replace(
    /[:,] \w+ '.*$/s,
    "",
  );
  return words.slice(0, 1).toLowerCase() + words.slice(1);
}
