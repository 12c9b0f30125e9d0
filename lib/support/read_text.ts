import { InputError } from "./input_error.ts";

/**
 * Reads a UTF-8 text file, decompressing it where its name ends in `.gz`. A byte order mark is dropped.
 *
 * @throws {InputError} When the file is missing, a folder, no whole gzip file, or not UTF-8.
 */
export async function readText(file: string): Promise<string> {
  const bytes = file.endsWith(".gz") ? await decompress(file) : await readBytes(file);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new InputError(`${file} is not UTF-8 text`);
  }
}

async function readBytes(file: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return await Deno.readFile(file);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) throw new InputError(`${file} does not exist`);
    if (error instanceof Deno.errors.IsADirectory) throw new InputError(`${file} is a folder, not a file`);
    if (error instanceof Deno.errors.PermissionDenied) throw new InputError(`${file} may not be read`);
    throw error;
  }
}

async function decompress(file: string): Promise<Uint8Array> {
  const compressed = new Blob([await readBytes(file)]).stream();
  try {
    return await new Response(compressed.pipeThrough(new DecompressionStream("gzip"))).bytes();
  } catch {
    throw new InputError(`${file} is not a gzip file, or is cut short`);
  }
}
