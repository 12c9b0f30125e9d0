import { InputError } from "../support/input_error.ts";
import { MOST_PIXELS } from "./grey_image.ts";

/** What a PNG says of its pixels before they come (ISO/IEC 15948, 11.2.2). */
export interface PngHeader {
  width: number;
  height: number;
  /** Whether values have 16 bits. */
  deep: boolean;
  /** Whether the first channel is grey already. */
  grey: boolean;
}

/** How many bytes of a PNG are looked at. */
const HEADER_BYTES = 26;

/** Decoded pixels that take more bytes are refused: only colours of 16 bits reach it, below `MOST_PIXELS`. */
const MOST_BYTES = 2 ** 27;

/** Channels by a PNG's colour type, as they are decoded: a palette may have alpha. */
const CHANNELS: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 4, 4: 2, 6: 4 };

/**
 * Reads the header of a PNG.
 *
 * @param start The file's first bytes.
 * @throws {InputError} Where it is cut short or the image is larger than what is read.
 */
export function readPngHeader(start: Uint8Array): PngHeader {
  if (start.length < HEADER_BYTES) throw new InputError("damaged or cut short");
  const view = new DataView(start.buffer, start.byteOffset, start.length);
  const [width, height] = [view.getUint32(16), view.getUint32(20)];
  if (width * height > MOST_PIXELS) {
    throw new InputError(`${width} x ${height} pixels are more than the ${MOST_PIXELS} that are read`);
  }
  const deep = view.getUint8(24) === 16;
  const colourType = view.getUint8(25);
  const bytes = width * height * (CHANNELS[colourType] ?? 4) * (deep ? 2 : 1);
  if (bytes > MOST_BYTES) {
    throw new InputError(
      `${width} x ${height} pixels take ${bytes} bytes, more than the ${MOST_BYTES} that are read`,
    );
  }
  return { width, height, deep, grey: [0, 4].includes(colourType) };
}
