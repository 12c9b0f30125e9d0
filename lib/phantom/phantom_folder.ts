import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

/** The file in a folder of phantoms that says how they were drawn. */
export const PHANTOM_SETTINGS = "phantoms.json";

/** Whether a folder's images are phantoms. */
export function isPhantomFolder(dir: string): boolean {
  return existsSync(phantomSettingsIn(dir));
}

/** Whether an image is a phantom, where it lies as it was drawn. */
export function isPhantomImage(path: string): boolean {
  return existsSync(phantomSettingsOf(path));
}

/** The path of that file in a folder. */
export function phantomSettingsIn(dir: string): string {
  return join(dir, PHANTOM_SETTINGS);
}

/** The same for an image of the folder. */
export function phantomSettingsOf(image: string): string {
  return phantomSettingsIn(dirname(dirname(resolve(image))));
}
