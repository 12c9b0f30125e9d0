import { type PhantomOptions, writePhantoms } from "../phantom/write_phantoms.ts";
import { withProgress } from "../support/progress.ts";
import { PHANTOM_FOLDER } from "../support/project.ts";

/** Draws phantom images, the default ones where nothing else is said, where they are not there yet; gives their folder. */
export async function ensurePhantoms(
  signal?: AbortSignal,
  { folder = PHANTOM_FOLDER, ...options }: PhantomOptions & { folder?: string } = {},
): Promise<string> {
  await withProgress(
    "Drawing phantoms",
    "images",
    (onProgress) => writePhantoms(folder, { ...options, onProgress, signal }),
  );
  return folder;
}
