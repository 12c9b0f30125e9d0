/** A grey image of any shape. */
export interface GreyImage {
  /** [height, width], row by row: 0 (black) to `white`. */
  values: Uint8Array | Uint16Array;
  /** Pixels a row. */
  width: number;
  /** Rows. */
  height: number;
  /** The value for white: 255 or 65535. */
  white: number;
}

/** Larger images are refused before anything is decoded: 2^25 pixels, some 5,800 x 5,800. */
export const MOST_PIXELS = 2 ** 25;

/**
 * The grey channel of interleaved pixels: (299 R + 587 G + 114 B) / 1000 (ITU-R BT.601, as in Pillow and so in Keras),
 * rounded; where the colours are equal, as in X-rays, it is their value. Alpha is ignored.
 *
 * @param values As many values a pixel as there are channels: grey, grey and alpha, RGB, or RGB and alpha.
 * @param options `grey` says that the first channel is grey already.
 */
export function greyOf(
  values: Uint8Array | Uint16Array,
  options: { pixels: number; grey: boolean },
): Uint8Array | Uint16Array {
  const { pixels, grey } = options;
  if (values.length === pixels) return values;
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

/** The brightness of a colour by ITU-R BT.601, rounded. */
export function luma(red: number, green: number, blue: number): number {
  return Math.floor((299 * red + 587 * green + 114 * blue + 500) / 1000);
}
