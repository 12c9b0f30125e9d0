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
  const byName: Alike<T> = new Map();
  const byEnd: Alike<T> = new Map();
  for (const image of images) {
    const [whole, ...ends] = endsOf(image.image);
    add(byName, whole!, image);
    for (const end of ends) add(byEnd, end, image);
  }
  return (name) => {
    const ends = endsOf(name);
    const found = ends.map((end) => byName.get(end)).find((found) => found !== undefined) ??
      byEnd.get(ends[0]!);
    if (found === undefined) return null;
    const alike = Array.isArray(found) ? found : [found];
    const same = alike.filter(({ image }) => endingOf(image) === endingOf(name));
    const meant = same.length > 0 ? same : alike;
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
  if (!/[\\/]/.test(path)) return [path.trim().replace(ENDING, "")];
  const names = path.trim().replaceAll("\\", "/").split("/").filter((name) => name !== "" && name !== ".");
  names.push(names.pop()?.replace(ENDING, "") ?? "");
  return names.map((_, i) => names.slice(i).join("/"));
}

function endingOf(path: string): string {
  return ENDING.exec(path.trim())?.[0].toLowerCase() ?? "";
}

/** The images that have a name in common; most have one alone, which needs no array. */
type Alike<T> = Map<string, T | T[]>;

function add<T>(map: Alike<T>, key: string, value: T): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, value);
  else if (Array.isArray(known)) known.push(value);
  else map.set(key, [known, value]);
}
