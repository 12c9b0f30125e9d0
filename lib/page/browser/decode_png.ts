import { decode } from "fast-png";
import { type GreyImage, greyOf } from "../../dataset/grey_image.ts";
import { readPngHeader } from "../../dataset/png_header.ts";
import { InputError } from "../../support/input_error.ts";

/**
 * Decodes a PNG of any kind, to the same values as `decodePng` of `lib/dataset`: a canvas would cut 16 bits to 8, and
 * mix in alpha and colour profiles.
 *
 * @throws {InputError} Where it is damaged, cut short or too large; the message does not name the file.
 */
export function decodePng(bytes: Uint8Array): GreyImage {
  const { width, height, deep, grey } = readPngHeader(bytes);
  const pixels = width * height;
  const white = deep ? 65535 : 255;
  let png: ReturnType<typeof decode>;
  try {
    png = decode(bytes, { checkCrc: true });
  } catch (error) {
    throw new InputError(`damaged or cut short (${(error as Error).message})`);
  }
  const values = png.data as Uint8Array | Uint16Array;
  if (png.palette !== undefined) {
    const colours = Uint8Array.from(png.palette.flatMap(([red, green, blue]) => [red!, green!, blue!]));
    const greys = greyOf(colours, { pixels: png.palette.length, grey: false });
    return {
      values: unpacked(values, { ...png, factor: 1 }).map((index) => greys[index]!),
      width,
      height,
      white,
    };
  }
  if (png.depth < 8) {
    return { values: unpacked(values, { ...png, factor: 255 / (2 ** png.depth - 1) }), width, height, white };
  }
  return { values: greyOf(values, { pixels, grey }), width, height, white };
}

/** Values of 1, 2 or 4 bits, whose rows begin with a byte, times a factor; those of 8 bits as they are. */
function unpacked(
  packed: Uint8Array | Uint16Array,
  { width, height, depth, factor }: { width: number; height: number; depth: number; factor: number },
): Uint8Array {
  const result = new Uint8Array(width * height);
  if (depth === 8) return result.map((_, i) => packed[i]!);
  const rowBytes = Math.ceil(width * depth / 8);
  const mask = 2 ** depth - 1;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const bit = x * depth;
      const byte = packed[y * rowBytes + (bit >> 3)]!;
      result[y * width + x] = (byte >> 8 - depth - (bit & 7) & mask) * factor;
    }
  }
  return result;
}
