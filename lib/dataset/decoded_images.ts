/** Grey images of one size in a file, read one at a time: memory does not grow with their number. */
export interface ImageCache extends Disposable {
  /** Pixels a row and rows of an image. */
  readonly size: number;
  /** The images' file names; an image's index is its place here. */
  readonly names: readonly string[];
  /** A hash of the images, names and pixels; not there for images that are in no file. */
  readonly digest?: string;
  /** The CRC-32 of each image's pixels, by its index; not there for images that are in no file. */
  readonly checksums?: Uint32Array;
  /** Gives the index of an image by name, or undefined where it is not in the cache. */
  indexOf(name: string): number | undefined;
  /**
   * Reads an image, 0 (black) to 255 (white), row by row into the first size * size bytes of `into`.
   *
   * @throws {InputError} Where it does not have its checksum.
   */
  read(index: number, into: Uint8Array): void;
}
