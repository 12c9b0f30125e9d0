import { InputError } from "../support/input_error.ts";
import { quote } from "../support/printable.ts";
import { readText } from "../support/read_text.ts";
import type { OfficialSplit } from "./data_set.ts";
import { baseName } from "./image_names.ts";
import { plainName } from "./label_synonyms.ts";

/** An image's name at the start of a line, and what stands behind it. */
const NAMED = /^"?(.*?\.(?:png|jpe?g|dcm|dicom))"?(?:[\s,;|].*)?$/i;

/** The first column's name where a list has a header. */
const HEADERS: ReadonlySet<string> = new Set(["image", "image_index", "image_name", "filename"]);

/**
 * Reads a list of image names, one a line, such as the NIH's `train_val_list.txt` and `test_list.txt`. Folders in front
 * of a name are dropped, and so are labels or whatever else others have put behind it.
 *
 * @throws {InputError} When the file cannot be read, is empty, or names an image twice.
 */
export async function readImageList(file: string): Promise<Set<string>> {
  const images = new Set<string>();
  for (const [index, line] of (await readText(file)).split(/\r\n?|\n/).entries()) {
    const text = line.trim();
    if (text === "" || index === 0 && HEADERS.has(plainName(text.split(/[,;\t]/, 1)[0]!))) continue;
    const image = baseName(NAMED.exec(text)?.[1] ?? text.split(/[\s,;|]/, 1)[0]!);
    if (images.has(image)) {
      throw new InputError(`${file}, row ${index + 1}: image ${quote(image)} is already in a row above`);
    }
    images.add(image);
  }
  if (images.size === 0) throw new InputError(`${file} is empty`);
  return images;
}

/**
 * Reads the NIH's lists of images.
 *
 * @throws {InputError} As `readImageList`.
 */
export async function readNihLists(trainValList: string, testList: string): Promise<OfficialSplit> {
  return {
    training: await readImageList(trainValList),
    validation: null,
    test: await readImageList(testList),
  };
}
