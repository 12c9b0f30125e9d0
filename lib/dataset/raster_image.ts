import sharp, { type SharpOptions } from "sharp";
import { InputError } from "../support/input_error.ts";
import { type GreyImage, greyOf, MOST_PIXELS } from "./grey_image.ts";
import { readPngHeader } from "./png_header.ts";

// Several images are decoded at a time, so each needs one thread only, and none is read twice.
sharp.concurrency(1);
sharp.cache(false);

/** What is left out of the errors of Rust's decoder: what stands before the cause, and all but a chunk's name. */
const WORDS_OF_RUST =
  /^Decode image failed (Format error decoding Png: )?|ChunkType \{ type: |, critical: [^}]*\}/g;

const OPTIONS: SharpOptions = { failOn: "error", ignoreIcc: true, limitInputPixels: MOST_PIXELS };

/**
 * Decodes a PNG of any kind: grey, RGB, palette, with alpha or without, 1 to 16 bits. Alpha, colour profiles and gamma
 * are ignored. In Rust, which takes less than half of the time that libpng does in sharp.
 *
 * @param bytes All of its file.
 * @throws {InputError} Where it is damaged, cut short or larger than `MOST_PIXELS`.
 */
export async function decodePng(bytes: Uint8Array): Promise<GreyImage> {
  const { width, height, deep, grey } = readPngHeader(bytes);
  const { Transformer } = await import("@napi-rs/image");
  const data = await orDamaged(new Transformer(bytes).rawPixels());
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
 * @param bytes All of its file.
 * @throws {InputError} Where it is damaged, cut short or larger than `MOST_PIXELS`.
 */
export async function decodeJpeg(bytes: Uint8Array): Promise<GreyImage> {
  const { data, info: { width, height } } = await orDamaged(
    sharp(bytes, OPTIONS).autoOrient().raw().toBuffer({ resolveWithObject: true }),
  );
  return { values: greyOf(data, { pixels: width * height, grey: false }), width, height, white: 255 };
}

async function orDamaged<T>(decoded: Promise<T>): Promise<T> {
  try {
    return await decoded;
  } catch (error) {
    const reason = (error as Error).message.split("\n")[0]!.replace(WORDS_OF_RUST, "");
    if (reason.includes("pixel limit")) {
      throw new InputError(`more pixels than the ${MOST_PIXELS} that are read`);
    }
    throw new InputError(`damaged or cut short (${reason})`);
  }
}
