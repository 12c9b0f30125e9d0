import { createHash } from "node:crypto";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { Unzip, UnzipInflate } from "fflate";
import { InputError } from "../../support/input_error.ts";
import { writeAllAt } from "../../support/system_error.ts";
import { syncFolder } from "../../support/write_atomically.ts";
import { IMAGE_CACHE } from "../../support/project.ts";
import { openRegular, statRegular } from "../../support/regular_file.ts";

/** An array of small whole numbers in a file of NumPy's, read in parts: memory does not grow with its size. */
export interface NpyArray {
  shape: readonly number[];
  /**
   * Reads the rows (along the first axis) from one to before another; before the first ones, the whole file, as its
   * checksum is that of all.
   *
   * @throws {InputError} Where a number is not from 0 to 255, or the file is not as it was unpacked.
   */
  read(from: number, to: number): Uint8Array;
}

/** Where unpacked arrays go. */
export interface UnpackOptions {
  /** The project's `data/cache` by default. */
  cacheFolder?: string;
}

const PIECE_BYTES = 2 ** 20;

/** How many bytes at an archive's end hold the list of its files; archives of NumPy's have a few. */
const LIST_BYTES = 2 ** 16;

/**
 * Unpacks arrays of NumPy's archive (`.npz`) into files beside the image cache, where they are not there yet, and opens
 * them.
 *
 * @throws {InputError} Where the file is no such archive, is damaged, lacks some of the arrays (all are named), or one
 * has other numbers than integers.
 */
export async function unpackNpz(
  file: string,
  names: readonly string[],
  { cacheFolder = IMAGE_CACHE }: UnpackOptions = {},
): Promise<Map<string, NpyArray>> {
  const { size, mtime } = statRegular(file);
  const key = createHash("sha256").update(`${file} ${size} ${mtime?.getTime()}`).digest("hex").slice(0, 16);
  const folder = join(cacheFolder, `${key}.npz`);
  const pathOf = (name: string) => join(folder, `${name}.npy`);
  const isThere = async (name: string) => (await Deno.stat(pathOf(name)).catch(() => null)) !== null;
  const missing: string[] = [];
  for (const name of names) if (!await isThere(name)) missing.push(name);
  if (missing.length > 0) {
    await Deno.mkdir(folder, { recursive: true });
    const found = unpack(file, (name) => missing.includes(name) ? pathOf(name) : null);
    await syncFolder(folder);
    const lacking = missing.filter((name) => !found.has(name));
    if (lacking.length > 0) throw new InputError(`${file}: no array ${lacking.join(", ")}`);
  }
  using archive = openRegular(file);
  const checksums = checksumsOf(archive);
  return new Map(names.map((name) => {
    const checksum = checksums.get(`${name}.npy`) ?? checksums.get(name);
    return [name, openNpy(pathOf(name), { name: `${file}: ${name}`, checksum })];
  }));
}

/** Unpacks the arrays for which a path is given, each under another name first; returns the names of those. */
function unpack(file: string, pathOf: (name: string) => string | null): Set<string> {
  using archive = openRegular(file);
  const checksums = checksumsOf(archive);
  const found = new Set<string>();
  const open = new Map<string, Deno.FsFile>();
  const unzip = new Unzip();
  unzip.register(UnzipInflate);
  unzip.onfile = (entry) => {
    const name = entry.name.replace(/\.npy$/, "");
    const path = pathOf(name);
    if (path === null) return;
    const draft = `${path}.${Deno.pid}.partial`;
    const into = Deno.openSync(draft, { write: true, create: true, truncate: true });
    open.set(draft, into);
    let checksum = 0;
    entry.ondata = (error, bytes, final) => {
      if (error) throw error;
      checksum = crc32(bytes, checksum);
      writeAllAt(path, into, bytes);
      if (!final) return;
      if (checksum !== checksums.get(entry.name)) {
        throw new InputError(`${file}: damaged (the checksum of ${entry.name} is wrong)`);
      }
      into.syncDataSync();
      into.close();
      open.delete(draft);
      Deno.renameSync(draft, path);
      found.add(name);
    };
    entry.start();
  };
  try {
    const piece = new Uint8Array(PIECE_BYTES);
    for (let count = archive.readSync(piece); count !== null; count = archive.readSync(piece)) {
      unzip.push(piece.slice(0, count));
    }
    unzip.push(new Uint8Array(0), true);
  } catch (error) {
    if (error instanceof Error && "code" in error && typeof error.code === "number") {
      throw new InputError(`${file}: no archive of NumPy's, or damaged (${error.message})`);
    }
    throw error;
  } finally {
    for (const [draft, into] of open) {
      into.close();
      Deno.removeSync(draft);
    }
  }
  return found;
}

/** The CRC-32 of each file in a ZIP archive, from the list at its end (APPNOTE 4.3.12); the archive is then at its start. */
function checksumsOf(archive: Deno.FsFile): Map<string, number> {
  const { size } = archive.statSync();
  const bytes = new Uint8Array(Math.min(size, LIST_BYTES));
  archive.seekSync(size - bytes.length, Deno.SeekMode.Start);
  for (let done = 0; done < bytes.length;) done += archive.readSync(bytes.subarray(done)) ?? bytes.length;
  archive.seekSync(0, Deno.SeekMode.Start);
  const view = new DataView(bytes.buffer);
  const checksums = new Map<string, number>();
  for (let at = 0; at + 46 <= bytes.length; at++) {
    if (view.getUint32(at, true) !== 0x02014b50) continue;
    const name = bytes.subarray(at + 46, at + 46 + view.getUint16(at + 28, true));
    checksums.set(new TextDecoder().decode(name), view.getUint32(at + 16, true));
  }
  return checksums;
}

/** The CRC-32 of a whole file. */
function checksumOf(path: string): number {
  using file = openRegular(path);
  const piece = new Uint8Array(PIECE_BYTES);
  let checksum = 0;
  for (let count = file.readSync(piece); count !== null; count = file.readSync(piece)) {
    checksum = crc32(piece.subarray(0, count), checksum);
  }
  return checksum;
}

/**
 * NumPy's format, version 1 to 3: the magic word, two bytes of version, the header's length, a dictionary of Python's.
 *
 * @param options `checksum` is the CRC-32 that the archive has of it.
 */
function openNpy(path: string, { name, checksum }: { name: string; checksum: number | undefined }): NpyArray {
  const start = new Uint8Array(65536);
  let length: number;
  {
    using file = openRegular(path);
    length = file.readSync(start) ?? 0;
  }
  const refuse = (what: string) => new InputError(`${name} ${what}`);
  const view = new DataView(start.buffer);
  if (length < 12 || new TextDecoder("latin1").decode(start.subarray(1, 6)) !== "NUMPY") {
    throw refuse("is no array of NumPy's");
  }
  const isFirst = start[6] === 1;
  const begin = isFirst ? 10 : 12;
  const end = begin + (isFirst ? view.getUint16(8, true) : view.getUint32(8, true));
  const header = new TextDecoder("latin1").decode(start.subarray(begin, Math.min(end, length)));
  const kind = /'descr': *'([|<=])([uib])(\d)'/.exec(header);
  const shape = /'shape': *\(([\d, ]*)\)/.exec(header)?.[1]?.split(",").filter((part) => part.trim() !== "")
    .map(Number);
  if (!kind || !shape || shape.length === 0) {
    throw refuse(`holds other numbers than integers: ${header.trim()}`);
  }
  if (!/'fortran_order': *False/.test(header)) throw refuse("lies in Fortran's order");
  let isChecked = false;
  function check(): void {
    if (isChecked) return;
    if (checksumOf(path) !== checksum) {
      throw new InputError(`${path}: damaged, or changed since: delete it, and it is unpacked anew`);
    }
    isChecked = true;
  }
  const bytes = Number(kind[3]);
  const row = shape.slice(1).reduce((product, size) => product * size, 1);
  return {
    shape,
    read(from, to) {
      check();
      const raw = new Uint8Array((to - from) * row * bytes);
      using file = openRegular(path);
      file.seekSync(end + from * row * bytes, Deno.SeekMode.Start);
      for (let done = 0; done < raw.length;) {
        const count = file.readSync(raw.subarray(done));
        if (count === null) throw refuse("is cut short");
        done += count;
      }
      if (bytes === 1 && kind[2] !== "i") return raw;
      const values = new Uint8Array(raw.length / bytes);
      for (let index = 0; index < values.length; index++) {
        const own = raw.subarray(index * bytes, (index + 1) * bytes);
        if (bytes > 1 ? own.subarray(1).some((byte) => byte !== 0) : own[0]! > 127) {
          throw refuse("holds a number that is not from 0 to 255");
        }
        values[index] = own[0]!;
      }
      return values;
    },
  };
}
