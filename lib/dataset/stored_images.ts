import { crc32 } from "node:zlib";
import { InputError } from "../support/input_error.ts";
import { cacheDigest, type CacheFile, readWhole } from "./cache_file.ts";
import { positionOf } from "./cache_line.ts";
import type { ImageCache } from "./decoded_images.ts";

/** Where an image lies: the open file, what is known of that, and the image's index in it. */
export interface StoredPlace {
  file: Deno.FsFile;
  layout: CacheFile;
  index: number;
}

/** Images that lie in cache files, by name and by index; each is compared with its CRC-32 when it is read. */
export function storedImages(
  { names, size, checksums, placeOf, wayOut, dispose }: {
    names: readonly string[];
    /** Width and height of the images. */
    size: number;
    /** The CRC-32 of each image. */
    checksums: Uint32Array;
    /** Where an image lies. */
    placeOf: (index: number) => StoredPlace;
    /** What can be done where an image is damaged. */
    wayOut: string;
    /** Closes the files. */
    dispose: () => void;
  },
): ImageCache {
  const indices = new Map(names.map((name, index) => [name, index]));
  return {
    size,
    names,
    digest: cacheDigest(names, checksums),
    checksums,
    indexOf: (name) => indices.get(name),
    read(index, into) {
      if (!(index >= 0 && index < names.length)) {
        throw new RangeError(`No image ${index} among ${names.length}`);
      }
      const { file, layout, index: inFile } = placeOf(index);
      const pixels = into.subarray(0, size * size);
      readWhole(file, layout, { into: pixels, position: positionOf(inFile, size) });
      if (crc32(pixels) !== checksums[index]) {
        throw new InputError(`${layout.file}: image ${names[index]} is damaged in it: ${wayOut}`);
      }
    },
    [Symbol.dispose]: dispose,
  };
}
