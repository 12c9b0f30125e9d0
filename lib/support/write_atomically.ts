import { dirname } from "node:path";

/** A file that is being written: nobody sees it before it is whole. */
export interface Draft extends AsyncDisposable {
  /** Adds to its end. */
  write(content: string | Uint8Array): Promise<void>;
  /** Flushes it to disk and puts it into its final place. Disposing of it without that removes it. */
  commit(): Promise<void>;
}

/**
 * Begins a file beside its final place, so that a reader (or a kill) sees the old file or the new one, never a part.
 * Makes the folder where it is missing.
 *
 * @throws What the file system throws (`Deno.errors.*`), with `path` added to it, here and in `write` and `commit`.
 */
export async function openDraft(path: string): Promise<Draft> {
  const draft = `${path}.${Deno.pid}.partial`;
  await Deno.mkdir(dirname(path), { recursive: true });
  const file = await about(path, () => Deno.open(draft, { write: true, create: true, truncate: true }));
  let isOpen = true;

  function close(): void {
    if (isOpen) file.close();
    isOpen = false;
  }

  return {
    write: (content) =>
      about(path, async () => {
        const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
        for (let written = 0; written < bytes.length;) written += await file.write(bytes.subarray(written));
      }),
    commit: () =>
      about(path, async () => {
        await file.sync();
        close();
        await Deno.rename(draft, path);
      }),
    async [Symbol.asyncDispose]() {
      close();
      await Deno.remove(draft).catch(() => {});
    },
  };
}

/** Adds to what the file system throws which path it is about. */
async function about<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof Error ? Object.assign(error, { path }) : error;
  }
}

/**
 * Writes a whole file as {@linkcode openDraft} does.
 *
 * @throws What the file system throws, with `path` added to it; the old file and its folder are then as they were.
 */
export async function writeAtomically(path: string, content: string | Uint8Array): Promise<void> {
  await using draft = await openDraft(path);
  await draft.write(content);
  await draft.commit();
}
