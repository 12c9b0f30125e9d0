import { join } from "node:path";
import { writePhantoms } from "../../lib/phantom/write_phantoms.ts";
import { temporaryFolder } from "../_folders.ts";

/** A folder in the NIH's layout, with lists and bounding boxes, that any machine can draw: 60 small phantoms. */
export async function phantomFolder(): Promise<{ path: string } & AsyncDisposable> {
  const folder = await temporaryFolder();
  const path = join(folder.path, "phantoms");
  await writePhantoms(path, { images: 60, size: 32, workers: 1 });
  return { path, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() };
}
