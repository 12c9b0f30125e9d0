import { type PhantomOptions, writePhantoms } from "../phantom/write_phantoms.ts";
import { showProgress } from "../support/progress.ts";
import { PHANTOM_FOLDER } from "../support/project.ts";

/** Draws phantom images, the default ones where nothing else is said, where they are not there yet; gives their folder. */
export async function ensurePhantoms(
  signal?: AbortSignal,
  { folder = PHANTOM_FOLDER, ...options }: PhantomOptions & { folder?: string } = {},
): Promise<string> {
  let progress: ReturnType<typeof showProgress> | undefined;
  try {
    await writePhantoms(folder, {
      ...options,
      onProgress(done, total) {
        progress ??= showProgress("Drawing phantoms", { total, unit: "images" });
        progress.update(done);
      },
      ...(signal ? { signal } : {}),
    });
  } finally {
    progress?.[Symbol.dispose]();
  }
  return folder;
}
