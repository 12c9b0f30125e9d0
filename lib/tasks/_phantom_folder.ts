import { resolve } from "node:path";
import { writePhantoms } from "../dataset/phantom/write_phantoms.ts";
import { showProgress } from "./_progress.ts";

/** Where the default phantom images lie. */
export const PHANTOM_FOLDER = resolve(import.meta.dirname!, "../../data/phantom");

/** Draws the default phantom images where they are not there yet, and gives their folder. */
export async function ensurePhantoms(signal?: AbortSignal): Promise<string> {
  let progress: ReturnType<typeof showProgress> | undefined;
  try {
    await writePhantoms(PHANTOM_FOLDER, {
      onProgress(done, total) {
        progress ??= showProgress("Drawing phantoms", { total, unit: "images" });
        progress.update(done);
      },
      ...(signal ? { signal } : {}),
    });
  } finally {
    progress?.[Symbol.dispose]();
  }
  return PHANTOM_FOLDER;
}
