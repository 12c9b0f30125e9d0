import sharp from "sharp";
import { InputError } from "../support/input_error.ts";
import { openRegular } from "../support/regular_file.ts";
import { resize } from "./resize.ts";

/** Larger images are refused before anything is decoded: 2^25 pixels, some 5,800 x 5,800. */
export const MOST_PIXELS = 2 ** 25;

const SIGNATURE = [137, 80, 78, 71, 13, 10, 26, 10];

/** What the first 26 bytes of a PNG say. */
interface Header {
  width: number;
  height: number;
  deep: boolean;
  grey: boolean;
}

// Several images are decoded at a time, so each needs one thread only, and none is read twice.
sharp.concurrency(1);
sharp.cache(false);

/**
 * Decodes a PNG of any kind (grey, RGB, palette, with alpha or without, 1 to 16 bits) to a grey square.
 *
 * Grey is (299 R + 587 G + 114 B) / 1000 (ITU-R BT.601, as in Pillow and so in Keras), rounded; where the channels are
 * equal, as in X-rays, it is their value. Alpha, colour profiles and gamma are ignored. Then `resize`: the mean of the
 * source pixels where the image shrinks, linear where it grows, squeezed to the square as Keras' `target_size` does,
 * and 16 bits scaled so that 65535 becomes 255.
 *
 * @returns uint8 [size, size], 0 (black) to 255 (white).
 * @throws {InputError} Naming the file where it is missing, no PNG, damaged, cut short or larger than `MOST_PIXELS`.
 */
export async function decodeImage(path: string, size: number): Promise<Uint8Array> {
  const { width, height, deep, grey } = readHeader(path);
  const image = sharp(path, { failOn: "error", ignoreIcc: true, limitInputPixels: MOST_PIXELS });
  const space = grey ? (deep ? "grey16" : "b-w") : (deep ? "rgb16" : "srgb");
  let bytes: Uint8Array;
  try {
    bytes = await image.toColourspace(space).raw({ depth: deep ? "ushort" : "uchar" }).toBuffer();
  } catch (error) {
    throw new InputError(`${path}: damaged or cut short (${(error as Error).message.split("\n")[0]})`);
  }
  const values = deep ? new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2) : bytes;
  const source = values.length === width * height ? values : greyOf(values, { pixels: width * height, grey });
  return resize(source, { width, height, size, white: deep ? 65535 : 255 });
}

function readHeader(path: string): Header {
  const bytes = new Uint8Array(26);
  using file = openRegular(path);
  const count = file.readSync(bytes);
  if (count === null) throw new InputError(`${path}: the file is empty`);
  if (SIGNATURE.some((byte, i) => bytes[i] !== byte)) throw new InputError(`${path}: not a PNG`);
  if (count < bytes.length) throw new InputError(`${path}: damaged or cut short`);

  const view = new DataView(bytes.buffer);
  const width = view.getUint32(16);
  const height = view.getUint32(20);
  if (width * height > MOST_PIXELS) {
    throw new InputError(
      `${path}: ${width} x ${height} pixels are more than the ${MOST_PIXELS} that are read`,
    );
  }
  const colourType = view.getUint8(25);
  return { width, height, deep: view.getUint8(24) === 16, grey: colourType === 0 || colourType === 4 };
}

/** The grey channel of interleaved pixels: the first of grey and alpha, BT.601 of red, green, blue (and alpha). */
function greyOf(
  values: Uint8Array | Uint16Array,
  options: { pixels: number; grey: boolean },
): Uint8Array | Uint16Array {
  const { pixels, grey } = options;
  const channels = values.length / pixels;
  if (channels === 4 && values instanceof Uint8Array && values.byteOffset % 4 === 0) {
    return greyOfWords(new Uint32Array(values.buffer, values.byteOffset, pixels));
  }
  const result = values instanceof Uint16Array ? new Uint16Array(pixels) : new Uint8Array(pixels);
  for (let i = 0, at = 0; i < pixels; i++, at += channels) {
    const red = values[at]!;
    if (grey || red === values[at + 1] && red === values[at + 2]) result[i] = red;
    else result[i] = luma(red, values[at + 1]!, values[at + 2]!);
  }
  return result;
}

/** The same for X-rays that were saved with colours and alpha: a pixel is one word, and most are grey. */
function greyOfWords(words: Uint32Array): Uint8Array {
  const result = new Uint8Array(words.length);
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    const red = word & 255;
    const isGrey = (word & 0xffffff) === red * 0x010101;
    result[i] = isGrey ? red : luma(red, word >>> 8 & 255, word >>> 16 & 255);
  }
  return result;
}

/** The brightness of a colour by ITU-R BT.601. */
function luma(red: number, green: number, blue: number): number {
  return Math.floor((299 * red + 587 * green + 114 * blue + 500) / 1000);
}
