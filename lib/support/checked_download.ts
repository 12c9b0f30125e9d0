import { createHash } from "node:crypto";
import { basename, dirname, join } from "node:path";
import { openDraftFolder } from "./draft_folder.ts";
import { InputError } from "./input_error.ts";
import { about } from "./system_error.ts";
import { syncFolder } from "./write_atomically.ts";
import { quote } from "./printable.ts";
import { openRegular } from "./regular_file.ts";

/** A file on a server whose content is known beforehand. */
export interface Published {
  /** Where it is (http or https). */
  url: string;
  /** Its size in bytes. */
  size: number;
  /** The SHA-256 of its content, as 64 lower-case hexadecimal digits. */
  sha256: string;
}

/** Options for {@linkcode checkedDownload}. */
export interface CheckedDownloadOptions {
  /** How often a connection that broke is taken up again; 3 unless given. */
  retries?: number;
  /** Seconds without a byte after which a connection counts as broken; 30 unless given. */
  stallSeconds?: number;
  /** Whether another file that has the path is replaced once the right one is there. Default: false. */
  replace?: boolean;
  /** Told how many bytes there are, after each piece. */
  onProgress?: (bytes: number) => void;
}

/** Bytes of the longest name that a URL's file is kept under: that of its draft is longer, and file systems end at 255. */
const LONGEST_NAME = 200;

/**
 * The name that the file of a URL is kept under: the last part of its path, decoded.
 *
 * @throws {InputError} That is no plain name: it is empty, leads to another folder, or has control characters in it.
 */
export function fileNameOf({ href, pathname }: URL): string {
  const part = pathname.slice(pathname.lastIndexOf("/") + 1);
  let name: string | null;
  try {
    name = decodeURIComponent(part);
  } catch {
    name = null;
  }
  const length = new TextEncoder().encode(name ?? "").length;
  if (name === null || length === 0 || length > LONGEST_NAME || /^\.\.?$|[/\\\p{C}]/u.test(name)) {
    throw new InputError(`${href}: ${quote(part)} is no name for a file: name one with --out`);
  }
  return name;
}

/**
 * Downloads a published file to a path, unless it is there already. Bytes gather in a draft beside it that is named after
 * the content, too; a download that broke off is taken up where it ended, by the same call or by a later one. Two at once
 * wait for each other. Only a file with the right SHA-256 gets its final name.
 *
 * @throws {InputError} The server cannot be reached, says an error, or breaks off too often (what came is kept for
 * the next call), the content is another (nothing is kept), or something else has that path (it is left alone).
 *
 * @example
 * ```ts ignore
 * await checkedDownload("data/weights/resnet50v2.h5", { url, size: 102_869_336, sha256 });
 * ```
 */
export async function checkedDownload(
  file: string,
  published: Published,
  options: CheckedDownloadOptions = {},
): Promise<void> {
  await about(file, () => download(file, published, options));
}

async function download(
  file: string,
  { url, size, sha256 }: Published,
  { retries = 3, stallSeconds = 30, replace = false, onProgress }: CheckedDownloadOptions,
): Promise<void> {
  if (await isThere(file, { url, sha256, replace })) return;
  const folder = dirname(file);
  const key = `download ${basename(file)} ${sha256}`;
  await using drafted = await openDraftFolder(folder, { files: [CONTENT], key, keep: true });
  const path = join(drafted.dir, CONTENT);
  using draft = await Deno.open(path, { read: true, write: true, create: true });
  try {
    if (await isThere(file, { url, sha256, replace })) return;
    for (let attempt = 0; (await draft.stat()).size !== size; attempt++) {
      const broken = await fetchRest(draft, { url, size, stallSeconds, onProgress });
      if (broken === undefined || attempt < retries) continue;
      const came = (await draft.stat()).size;
      throw new InputError(`${url}: ${broken}; ${came} of ${size} bytes came, run again to go on`);
    }
    const found = await sha256Of(path);
    if (found !== sha256) {
      throw new Useless(`${url}: has the SHA-256 ${found}, not ${sha256}; nothing was kept`);
    }
    await Deno.rename(path, file);
    await syncFolder(folder);
  } catch (error) {
    if (error instanceof Useless) throw new InputError(error.message);
    if ((await draft.stat()).size > 0) drafted.leave();
    throw error;
  }
}

/** The name of a file in its draft. */
const CONTENT = "content";

/** What came is of no use to a later call; the message says why. */
class Useless extends Error {}

/**
 * Whether a published file has a path already.
 *
 * @throws {InputError} Where something that is no file has it.
 */
export async function isDownloaded(file: string, { sha256 }: Pick<Published, "sha256">): Promise<boolean> {
  return exists(file) && await sha256Of(file) === sha256;
}

/**
 * Whether the file that is wanted has its path already.
 *
 * @throws {InputError} Something else has it.
 */
async function isThere(
  file: string,
  { url, sha256, replace }: { url: string; sha256: string; replace: boolean },
): Promise<boolean> {
  if (!exists(file)) return false;
  if (await isDownloaded(file, { sha256 })) return true;
  if (replace) return false;
  throw new InputError(`${file}: is there already and is not the file of ${url}`);
}

function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

interface Rest {
  url: string;
  size: number;
  stallSeconds: number;
  onProgress: ((bytes: number) => void) | undefined;
}

/** A connection that broke; its message says how. */
class Broken extends Error {}

/** Appends what the draft lacks; returns how the connection broke, undefined where it did not. */
async function fetchRest(
  draft: Deno.FsFile,
  { url, size, stallSeconds, onProgress }: Rest,
): Promise<string | undefined> {
  const connection = new AbortController();
  try {
    const kept = (await draft.stat()).size;
    const start = kept < size ? kept : 0;
    const headers = { "accept-encoding": "identity", ...(start > 0 && { range: `bytes=${start}-` }) };
    const { signal } = connection;
    const response = await unlessStalled(fetch(url, { headers, signal }), stallSeconds);
    if (!response.ok || response.body === null) {
      throw new InputError(`${url}: the server says ${response.status} ${response.statusText}`);
    }
    let position = response.status === 206 ? start : 0;
    const length = response.headers.get("content-length");
    if (length !== null && position + Number(length) !== size) {
      throw new InputError(`${url}: has ${position + Number(length)} bytes, not ${size}`);
    }
    await draft.truncate(position);
    await draft.seek(position, Deno.SeekMode.Start);
    const pieces = response.body.getReader();
    for (;;) {
      const { done, value } = await unlessStalled(pieces.read(), stallSeconds);
      if (done) break;
      position += value.length;
      if (position > size) throw new Useless(`${url}: has more than ${size} bytes; nothing was kept`);
      for (let written = 0; written < value.length;) written += await draft.write(value.subarray(written));
      onProgress?.(position);
    }
    await draft.sync();
    return position < size ? "the connection was closed early" : undefined;
  } catch (error) {
    if (error instanceof Broken) return error.message;
    throw error;
  } finally {
    connection.abort();
  }
}

/** Waits for the network, and turns its errors and its silence into {@linkcode Broken}. */
async function unlessStalled<T>(answer: Promise<T>, seconds: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stalled = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Broken(`no byte came for ${seconds} s`)), seconds * 1000);
  });
  try {
    return await Promise.race([answer, stalled]);
  } catch (error) {
    if (error instanceof Broken) throw error;
    const { message, cause } = error as Error;
    throw new Broken(cause instanceof Error ? `${message} (${cause.message})` : message);
  } finally {
    clearTimeout(timer);
  }
}

async function sha256Of(file: string): Promise<string> {
  const hash = createHash("sha256");
  using source = openRegular(file);
  for await (const piece of source.readable) hash.update(piece);
  return hash.digest("hex");
}
