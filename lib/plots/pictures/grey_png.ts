import sharp from "sharp";
import type { GreyImage } from "../../dataset/grey_image.ts";

/** The longest side of a picture in pixels; larger images are made smaller. */
const LONGEST = 512;

/**
 * Draws a grey image of any shape, larger ones reduced to at most 512 pixels in height and width.
 *
 * @returns The bytes of a PNG, 8 bits grey.
 */
export async function greyPng({ values, width, height, white }: GreyImage): Promise<Uint8Array<ArrayBuffer>> {
  const pixels = Uint8Array.from(values, (value) => Math.round(255 * value / white));
  const png = await sharp(pixels, { raw: { width, height, channels: 1 } })
    .resize({ width: LONGEST, height: LONGEST, fit: "inside", withoutEnlargement: true })
    .toColourspace("b-w").png().toBuffer();
  return new Uint8Array(png);
}
