import { join } from "node:path";
import { InputError } from "../../support/input_error.ts";
import type { Entry } from "../entry.ts";
import { type ImageFolder, listImages } from "../image_folder.ts";
import { imageFinder } from "../image_names.ts";

/**
 * Finds the files of images in a folder, at any depth, by their names: with or without folders in front and with
 * whatever ending (see `imageFinder`).
 *
 * @throws {InputError} Where there is no image in the folder, where a name may mean several files, or a file is meant
 * by several names.
 */
export async function locateImages(dir: string, entries: readonly Entry[]): Promise<ImageFolder> {
  const files = (await listImages(dir)).map((path) => ({ image: path }));
  if (files.length === 0) {
    throw new InputError(`${dir}: no image (PNG, JPEG or DICOM) in this folder or below it`);
  }
  const find = imageFinder(files);
  const images = new Map<string, string>();
  const names = new Map<string, string>();
  for (const { image } of entries) {
    const found = find(image);
    if (found === null) continue;
    const path = found.image.image;
    const other = names.get(path);
    if (other !== undefined) {
      throw new InputError(`${join(dir, path)}: is meant by two images, "${other}" and "${image}"`);
    }
    names.set(path, image);
    images.set(image, join(dir, path));
  }
  return { dir, images };
}
