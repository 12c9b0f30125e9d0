import sharp, { type OutputInfo, type SharpOptions } from "sharp";
import { InputError } from "../support/input_error.ts";
import { type GreyImage, greyOf, MOST_PIXELS } from "./grey_image.ts";
import { readPngHeader } from "./png_header.ts";

// Several images are decoded at a time, so each needs one thread only, and none is read twice.
sharp.concurrency(1);
sharp.cache(false);

const OPTIONS: SharpOptions = { failOn: "error", ignoreIcc: true, limitInputPixels: MOST_PIXELS };

/**
 * Decodes a PNG of any kind: grey, RGB, palette, with alpha or without, 1 to 16 bits. Alpha, colour profiles and gamma
 * are ignored.
 *
 * @param source The path of its file, or all of its bytes.
 * @param start Its first bytes.
 * @throws {InputError} Where it is damaged, cut short or larger than `MOST_PIXELS`.
 */
export async function decodePng(source: string | Uint8Array, start: Uint8Array): Promise<GreyImage> {
  const { width, height, deep, grey } = readPngHeader(start);
  const space = grey ? (deep ? "grey16" : "b-w") : (deep ? "rgb16" : "srgb");
  const { data } = await orDamaged(
    sharp(source, OPTIONS).toColourspace(space).raw({ depth: deep ? "ushort" : "uchar" })
      .toBuffer({ resolveWithObject: true }),
  );
  const values = deep ? new Uint16Array(data.buffer, data.byteOffset, data.length / 2) : data;
  return {
    values: greyOf(values, { pixels: width * height, grey }),
    width,
    height,
    white: deep ? 65535 : 255,
  };
}

/**
 * Decodes a JPEG: grey or colours, turned upright where its EXIF data say how it lies. It is decoded at its full size:
 * libjpeg's own shrinking differs from the mean of the pixels by up to 50 grey levels.
 *
 * @param source The path of its file, or all of its bytes.
 * @throws {InputError} Where it is damaged, cut short or larger than `MOST_PIXELS`.
 */
export async function decodeJpeg(source: string | Uint8Array): Promise<GreyImage> {
  const { data, info: { width, height } } = await orDamaged(
    sharp(source, OPTIONS).autoOrient().raw().toBuffer({ resolveWithObject: true }),
  );
  return { values: greyOf(data, { pixels: width * height, grey: false }), width, height, white: 255 };
}

async function orDamaged(
  decoded: Promise<{ data: Uint8Array; info: OutputInfo }>,
): Promise<{ data: Uint8Array; info: OutputInfo }> {
  try {
    return await decoded;
  } catch (error) {
    const reason = (error as Error).message.split("\n")[0]!;
    if (reason.includes("pixel limit")) {
      throw new InputError(`more pixels than the ${MOST_PIXELS} that are read`);
    }
    throw new InputError(`damaged or cut short (${reason})`);
  }
}
