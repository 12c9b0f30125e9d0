import { dirname, join } from "node:path";
import { about } from "./system_error.ts";
import { openDraftFolder, removeDeadDrafts } from "./draft_folder.ts";

/** A file that is being written: nobody sees it before it is whole. */
export interface Draft extends AsyncDisposable {
  /** Adds to its end. */
  write(content: string | Uint8Array): Promise<void>;
  /** Flushes it to the disk and puts it into its final place. Disposing of it without that removes it. */
  commit(): Promise<void>;
}

/** The name of a file in its draft. */
const CONTENT = "content";

/**
 * Begins a file in a draft beside its final place, so that a reader (or a kill, or a power failure) sees the old file or
 * the new one, never a part. Makes the folder where it is missing, and removes what killed processes left of such drafts
 * in it.
 *
 * @throws What the file system throws (`Deno.errors.*`), with `path` added to it, here and in `write` and `commit`.
 */
export async function openDraft(path: string): Promise<Draft> {
  const folder = dirname(path);
  await about(folder, () => Deno.mkdir(folder, { recursive: true }));
  const draft = await about(path, async () => {
    await removeDeadDrafts(folder);
    return await openDraftFolder(folder, { files: [CONTENT] });
  });
  const content = join(draft.dir, CONTENT);
  let file: Deno.FsFile | undefined;

  function close(): void {
    file?.close();
    file = undefined;
  }

  try {
    file = await about(path, () => Deno.open(content, { write: true, createNew: true }));
  } catch (error) {
    await draft[Symbol.asyncDispose]();
    throw error;
  }
  return {
    write: (content) =>
      about(path, async () => {
        const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
        for (let written = 0; written < bytes.length;) written += await file!.write(bytes.subarray(written));
      }),
    commit: () =>
      about(path, async () => {
        await file!.sync();
        close();
        await Deno.rename(content, path);
        await syncFolder(folder);
      }),
    async [Symbol.asyncDispose]() {
      close();
      await draft[Symbol.asyncDispose]();
    },
  };
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

/** Flushes a folder's names to the disk, so that a renaming in it outlives a power failure. */
export async function syncFolder(folder: string): Promise<void> {
  using opened = await Deno.open(folder);
  await opened.sync();
}
