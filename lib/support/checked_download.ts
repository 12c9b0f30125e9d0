import { createHash } from "node:crypto";
import { dirname } from "node:path";
import { InputError } from "./input_error.ts";
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
  /** Told how many bytes there are, after each piece. */
  onProgress?: (bytes: number) => void;
}

/**
 * Downloads a published file to a path, unless it is there already. Bytes gather in `<path>.partial`; a download that
 * broke off is taken up where it ended, by the same call or by a later one. Only a file with the right SHA-256 gets its
 * final name.
 *
 * @throws {InputError} The server cannot be reached, says an error, or breaks off too often (what came is kept for
 * the next call), the content is another (nothing is kept), or another file has that path (it is left alone).
 *
 * @example
 * ```ts ignore
 * await checkedDownload("data/weights/resnet50v2.h5", { url, size: 102_869_336, sha256 });
 * ```
 */
export async function checkedDownload(
  file: string,
  { url, size, sha256 }: Published,
  { retries = 3, stallSeconds = 30, onProgress }: CheckedDownloadOptions = {},
): Promise<void> {
  if (await sizeOf(file) !== undefined) {
    if (await sha256Of(file) === sha256) return;
    throw new InputError(`${file}: is there already and is not the file of ${url}`);
  }
  await Deno.mkdir(dirname(file), { recursive: true });
  const partial = `${file}.partial`;
  for (let attempt = 0; await sizeOf(partial) !== size; attempt++) {
    const broken = await fetchRest(partial, { url, size, stallSeconds, onProgress });
    if (broken === undefined || attempt < retries) continue;
    throw new InputError(
      `${url}: ${broken}; ${await sizeOf(partial) ?? 0} of ${size} bytes came, run again to go on`,
    );
  }
  const found = await sha256Of(partial);
  if (found !== sha256) {
    await Deno.remove(partial);
    throw new InputError(`${url}: has the SHA-256 ${found}, not ${sha256}; nothing was kept`);
  }
  await Deno.rename(partial, file);
}

interface Rest {
  url: string;
  size: number;
  stallSeconds: number;
  onProgress: ((bytes: number) => void) | undefined;
}

/** A connection that broke; its message says how. */
class Broken extends Error {}

/** Appends what the partial file lacks; returns how the connection broke, undefined where it did not. */
async function fetchRest(
  partial: string,
  { url, size, stallSeconds, onProgress }: Rest,
): Promise<string | undefined> {
  const connection = new AbortController();
  try {
    const kept = await sizeOf(partial) ?? 0;
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
    using draft = await Deno.open(partial, { write: true, create: true });
    await draft.truncate(position);
    await draft.seek(position, Deno.SeekMode.Start);
    const pieces = response.body.getReader();
    for (;;) {
      const { done, value } = await unlessStalled(pieces.read(), stallSeconds);
      if (done) break;
      position += value.length;
      if (position > size) {
        await Deno.remove(partial);
        throw new InputError(`${url}: has more than ${size} bytes; nothing was kept`);
      }
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

async function sizeOf(file: string): Promise<number | undefined> {
  try {
    return (await Deno.stat(file)).size;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

async function sha256Of(file: string): Promise<string> {
  const hash = createHash("sha256");
  using source = openRegular(file);
  for await (const piece of source.readable) hash.update(piece);
  return hash.digest("hex");
}
