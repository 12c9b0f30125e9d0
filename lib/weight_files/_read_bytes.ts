import { InputError } from "../support/input_error.ts";

/**
 * Reads a whole file.
 *
 * @throws {InputError} There is no such file.
 */
export async function readBytes(file: string): Promise<Uint8Array> {
  try {
    return await Deno.readFile(file);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) throw new InputError(`${file}: no such file`);
    throw error;
  }
}
