import { beside } from "./beside.ts";
import { overlay, type PictureOptions, xray } from "./overlay.ts";

/** Width and height of an image, and of its heat map beside it, in pixels. */
const PICTURE_SIZE = 256;

/**
 * Draws a square grey image and, beside it, the same under a heat map.
 *
 * @param image uint8 [side, side], row by row.
 * @param heat float [any, any] of the whole image; what is negative counts as 0.
 * @param marks What is drawn over the heat map.
 * @returns The bytes of a PNG.
 */
export async function mapBeside(
  image: Uint8Array,
  heat: ArrayLike<number>,
  marks: Omit<PictureOptions, "size"> = {},
): Promise<Uint8Array> {
  const size = PICTURE_SIZE;
  const pictures = await Promise.all([xray(image, { size }), overlay(image, heat, { ...marks, size })]);
  return await beside(pictures, size);
}
