import { resolve } from "node:path";
import { type PhantomOptions, writePhantoms } from "../dataset/phantom/write_phantoms.ts";
import { showProgress } from "./_progress.ts";

/** Where the default phantom images lie. */
export const PHANTOM_FOLDER = resolve(import.meta.dirname!, "../../data/phantom");

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
