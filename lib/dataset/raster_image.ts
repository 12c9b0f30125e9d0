import sharp, { type OutputInfo, type SharpOptions } from "sharp";
import { InputError } from "../support/input_error.ts";
import { type GreyImage, greyOf, MOST_PIXELS } from "./grey_image.ts";

// Several images are decoded at a time, so each needs one thread only, and none is read twice.
sharp.concurrency(1);
sharp.cache(false);

const OPTIONS: SharpOptions = { failOn: "error", ignoreIcc: true, limitInputPixels: MOST_PIXELS };

/** Decoded pixels that take more bytes are refused: only colours of 16 bits reach it, below `MOST_PIXELS`. */
const MOST_BYTES = 2 ** 27;

/** Channels by a PNG's colour type, as they are decoded: a palette may have alpha. */
const CHANNELS: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 4, 4: 2, 6: 4 };

/** How many bytes of a PNG `decodePng` looks at. */
const HEADER_BYTES = 26;

/**
 * Decodes a PNG of any kind: grey, RGB, palette, with alpha or without, 1 to 16 bits. Alpha, colour profiles and gamma
 * are ignored.
 *
 * @param start The file's first bytes.
 * @throws {InputError} Where it is damaged, cut short or larger than `MOST_PIXELS`.
 */
export async function decodePng(path: string, start: Uint8Array): Promise<GreyImage> {
  if (start.length < HEADER_BYTES) throw new InputError("damaged or cut short");
  const view = new DataView(start.buffer, start.byteOffset, start.length);
  const width = view.getUint32(16);
  const height = view.getUint32(20);
  if (width * height > MOST_PIXELS) {
    throw new InputError(`${width} x ${height} pixels are more than the ${MOST_PIXELS} that are read`);
  }
  const deep = view.getUint8(24) === 16;
  const colourType = view.getUint8(25);
  const grey = [0, 4].includes(colourType);
  const bytes = width * height * (CHANNELS[colourType] ?? 4) * (deep ? 2 : 1);
  if (bytes > MOST_BYTES) {
    throw new InputError(
      `${width} x ${height} pixels take ${bytes} bytes, more than the ${MOST_BYTES} that are read`,
    );
  }
  const space = grey ? (deep ? "grey16" : "b-w") : (deep ? "rgb16" : "srgb");
  const { data } = await orDamaged(
    sharp(path, OPTIONS).toColourspace(space).raw({ depth: deep ? "ushort" : "uchar" })
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
 * @throws {InputError} Where it is damaged, cut short or larger than `MOST_PIXELS`.
 */
export async function decodeJpeg(path: string): Promise<GreyImage> {
  const { data, info: { width, height } } = await orDamaged(
    sharp(path, OPTIONS).autoOrient().raw().toBuffer({ resolveWithObject: true }),
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
