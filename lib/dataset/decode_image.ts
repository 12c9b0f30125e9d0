import { readImage } from "./read_image.ts";
import { resize } from "./resize.ts";

/**
 * Reads an image (see `readImage`) as a grey square: the mean of the source pixels where the image shrinks, linear where
 * it grows, squeezed to the square as Keras' `target_size` does, and white brought to 255.
 *
 * @returns uint8 [size, size], 0 (black) to 255 (white).
 * @throws {InputError} Naming the file where it cannot be read.
 */
export async function decodeImage(path: string, size: number): Promise<Uint8Array> {
  const { image: { values, ...shape } } = await readImage(path);
  return resize(values, { ...shape, size });
}
