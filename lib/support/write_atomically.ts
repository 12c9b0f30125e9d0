import { dirname } from "node:path";

/**
 * Writes a file beside its final place, flushes it to disk and renames it, so that a reader (or a kill) sees the
 * old file or the new one, never a part. Makes the folder where it is missing.
 *
 * @throws What the file system throws (`Deno.errors.*`), with `path` added to it; the old file and its folder are then
 * as they were.
 */
export async function writeAtomically(path: string, content: string | Uint8Array): Promise<void> {
  await Deno.mkdir(dirname(path), { recursive: true });
  const draft = `${path}.${Deno.pid}.partial`;
  try {
    using file = await Deno.open(draft, { write: true, create: true, truncate: true });
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
    for (let written = 0; written < bytes.length;) written += await file.write(bytes.subarray(written));
    await file.sync();
    await Deno.rename(draft, path);
  } catch (error) {
    await Deno.remove(draft).catch(() => {});
    throw error instanceof Error ? Object.assign(error, { path }) : error;
  }
}
