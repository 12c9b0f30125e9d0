import { InputError } from "../support/input_error.ts";
import { readText } from "../support/read_text.ts";

/**
 * Reads a list of image names, one a line, such as the NIH's `train_val_list.txt` and `test_list.txt`.
 *
 * @throws {InputError} When the file cannot be read, is empty, or names an image twice.
 */
export async function readImageList(file: string): Promise<Set<string>> {
  const images = new Set<string>();
  for (const [index, line] of (await readText(file)).split("\n").entries()) {
    const image = line.trim();
    if (image === "") continue;
    if (images.has(image)) {
      throw new InputError(`${file}, row ${index + 1}: image "${image}" is already in a row above`);
    }
    images.add(image);
  }
  if (images.size === 0) throw new InputError(`${file} is empty`);
  return images;
}
