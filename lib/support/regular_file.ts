import { InputError } from "./input_error.ts";
import { systemRefusal } from "./system_error.ts";

/** The largest file that is read whole: 4 GiB, what one buffer can hold. */
const LARGEST = 2 ** 32;

/**
 * Opens a file to read where it is a regular one. Pipes, sockets and devices are refused before they are opened: opening
 * a pipe waits for a writer that may never come, and a device may have no end.
 *
 * @throws {InputError} There is no such file, it may not be read, or it is a folder, a pipe, a socket or a device.
 */
export function openRegular(path: string): Deno.FsFile {
  const { dev, ino } = statRegular(path);
  if (ino !== null) readFiles.add(`${dev}:${ino}`);
  try {
    return Deno.openSync(path);
  } catch (error) {
    throw refusalOf(path, error);
  }
}

/** The files that were opened, by device and inode. */
const readFiles = new Set<string>();

/** Whether this process has opened a file with {@linkcode openRegular}, under any name. */
export function wasRead(path: string): boolean {
  try {
    const { dev, ino } = Deno.statSync(path);
    return readFiles.has(`${dev}:${ino}`);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/**
 * What the file system says of a regular file.
 *
 * @throws {InputError} As {@linkcode openRegular}.
 */
export function statRegular(path: string): Deno.FileInfo {
  if (path === "") throw new InputError('"": an empty path names no file');
  if (path.includes("\0")) throw new InputError(`${path.replaceAll("\0", "\\0")}: no path has a NUL in it`);
  let found: Deno.FileInfo;
  try {
    found = Deno.statSync(path);
  } catch (error) {
    throw refusalOf(path, error);
  }
  if (found.isFile) return found;
  const kind = found.isDirectory
    ? "a folder"
    : found.isFifo
    ? "a pipe"
    : found.isSocket
    ? "a socket"
    : "a device";
  throw new InputError(`${path}: is ${kind}, not a file`);
}

/**
 * Reads a whole file where it is a regular one.
 *
 * @throws {InputError} As {@linkcode openRegular}, or it is larger than 4 GiB.
 */
export async function readRegular(path: string): Promise<Uint8Array<ArrayBuffer>> {
  using file = openRegular(path);
  const { size } = file.statSync();
  if (size > LARGEST) {
    throw new InputError(`${path}: its ${size} bytes are more than the ${LARGEST} that are read`);
  }
  const bytes = allocate(path, size);
  let length = 0;
  while (length < size) {
    const count = await file.read(bytes.subarray(length));
    if (count === null) break;
    length += count;
  }
  return length === size ? bytes : bytes.slice(0, length);
}

function allocate(path: string, size: number): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(size);
  } catch {
    throw new InputError(`${path}: its ${size} bytes do not fit into memory`);
  }
}

function refusalOf(path: string, error: unknown): unknown {
  if (error instanceof Deno.errors.NotFound) return new InputError(`${path}: no such file`);
  // Deno closes /dev, /proc and /sys to programs without every permission.
  if (error instanceof Deno.errors.NotCapable && /^Requires all access/.test(error.message)) {
    return new InputError(`${path}: is a part of the system, not a file to be read`);
  }
  const refusal = systemRefusal(error);
  return refusal === null ? error : new InputError(`${path}: ${refusal.reason}`);
}
