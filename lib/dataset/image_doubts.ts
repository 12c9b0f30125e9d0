import { brief } from "../support/printable.ts";
import type { ImageCache } from "./image_cache.ts";
import { counted } from "../support/decimals.ts";

/**
 * The brightest pixel of an image that is taken for one: 14 of 16 bits reach this. Of 3,386 real radiographs at 64x64
 * pixels the darkest has a brightest pixel of 148.
 */
const DARKEST = 64;

/**
 * Why an image may be none: it is black, has one value only, or is so dark that its file has probably more bits than
 * its values. Null for an image that looks like one.
 *
 * @param pixels Grey, 0 (black) to 255 (white).
 */
export function imageDoubt(pixels: Uint8Array): string | null {
  const first = pixels[0]!;
  const isOneValue = pixels.every((value) => value === first);
  if (isOneValue) return first === 0 ? "is all black" : `has the same value (${first} of 255) in every pixel`;
  const brightest = pixels.reduce((most, value) => Math.max(most, value), 0);
  if (brightest > DARKEST) return null;
  return `is almost black: no pixel is brighter than ${brightest} of 255; are its values of ${
    bitsOf(brightest)
  } bits in a file of 16?`;
}

/** An image of which it is doubted that it shows something. */
export interface DoubtfulImage {
  image: string;
  doubt: string;
}

/** Finds the doubtful images of a cache, which is read once for it. */
export function doubtfulImages({ size, names, read }: ImageCache): DoubtfulImage[] {
  const pixels = new Uint8Array(size * size);
  return names.flatMap((image, index) => {
    read(index, pixels);
    const doubt = imageDoubt(pixels);
    return doubt === null ? [] : [{ image, doubt }];
  });
}

/** Says which images are doubtful, the first five by name; null where none is. */
export function describeDoubts(doubtful: readonly DoubtfulImage[], images: number): string | null {
  if (doubtful.length === 0) return null;
  const first = doubtful.slice(0, 5).map(({ image, doubt }) => `${brief(image)} ${doubt}`).join("; ");
  return `${counted(doubtful.length)} of ${counted(images)} images probably show nothing: ${first}` +
    (doubtful.length > 5 ? "; ..." : "");
}

/** How many of 16 bits a value has that was scaled to 0..255 from 0..65535. */
function bitsOf(value: number): number {
  return Math.ceil(Math.log2(value * 257 + 1));
}
