import { InputError } from "../support/input_error.ts";
import { quote } from "../support/printable.ts";

/** An image that a name was found to mean. */
export interface FoundImage<T> {
  image: T;
  /** Whether the name has the same ending (`.png`); other tables leave it away or have converted the files. */
  sameEnding: boolean;
}

const ENDING = /\.(?:png|jpe?g|bmp|tiff?|webp|dcm|dicom)$/i;

/**
 * Makes a finder of images by what other files call them: with more folders in front, or fewer, with backslashes between
 * them, and with another ending or none.
 *
 * @param images What has the images' names, each once.
 * @returns Gives the image that a name means, or null where there is none. It throws an `InputError` where several may
 * be meant.
 *
 * @example
 * ```ts
 * import { imageFinder } from "./image_names.ts";
 * const find = imageFinder([{ image: "00000001_000.png" }]);
 * find("images_001\\images\\00000001_000.png"); // The image
 * ```
 */
export function imageFinder<T extends { image: string }>(
  images: Iterable<T>,
): (name: string) => FoundImage<T> | null {
  const byName = new Map<string, T[]>();
  const byEnd = new Map<string, T[]>();
  for (const image of images) {
    const [whole, ...ends] = endsOf(image.image);
    add(byName, whole!, image);
    for (const end of ends) add(byEnd, end, image);
  }
  return (name) => {
    const ends = endsOf(name);
    const alike = ends.map((end) => byName.get(end)).find((found) => found !== undefined) ??
      byEnd.get(ends[0]!) ?? [];
    const same = alike.filter(({ image }) => endingOf(image) === endingOf(name));
    const meant = same.length > 0 ? same : alike;
    if (meant.length === 0) return null;
    if (meant.length === 1) return { image: meant[0]!, sameEnding: same.length > 0 };
    const names = meant.slice(0, 3).map(({ image }) => quote(image)).join(" or ");
    throw new InputError(`image ${quote(name)} may be ${names}${meant.length > 3 ? " or another" : ""}`);
  };
}

/** The last name in a path, whichever slashes it has. */
export function baseName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);
}

/** A path without its file's ending, then the same with ever fewer folders in front. */
function endsOf(path: string): string[] {
  const names = path.trim().replaceAll("\\", "/").split("/").filter((name) => name !== "" && name !== ".");
  names.push(names.pop()?.replace(ENDING, "") ?? "");
  return names.map((_, i) => names.slice(i).join("/"));
}

function endingOf(path: string): string {
  return ENDING.exec(path.trim())?.[0].toLowerCase() ?? "";
}

function add<T>(map: Map<string, T[]>, key: string, value: T): void {
  const values = map.get(key);
  if (values === undefined) map.set(key, [value]);
  else values.push(value);
}
