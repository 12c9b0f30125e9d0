import { InputError } from "../../support/input_error.ts";
import { type GreyImage, greyOf } from "../grey_image.ts";
import type { CodecOptions } from "./codecs.ts";
import type { DicomTags } from "./dicom_tags.ts";
import { firstFrame, type Frame } from "./first_frame.ts";
import { readLookupTable } from "./lookup_table.ts";
import { type DicomFile, parseDicom, type PixelLayout } from "./parse_dicom.ts";
import { readTags } from "./read_tags.ts";
import { toneOf } from "./tone.ts";

/** A DICOM file's first image, what the file says of it, and what had to be decided to show it. */
export interface DecodedDicom {
  image: GreyImage;
  tags: DicomTags;
  /** Half sentences, such as `first of 3 images`. */
  notes: string[];
}

/** The value for white of decoded images. */
const WHITE = 65535;

/**
 * Decodes the first image of a DICOM file to grey, as a viewer shows it: uncompressed (also big endian and deflated),
 * run-length, JPEG of 8 bits, lossless JPEG, JPEG-LS and JPEG 2000; 1 to 16 bits; grey, RGB, YBR and palettes. It runs
 * in Deno and in browsers; who bundles it for a page puts an empty module in the place of `zlib`, which dicom-parser asks
 * for and does not need here.
 *
 * @throws {InputError} Where the file is damaged, cut short, without an image, or of a kind that is not read; the
 * message does not name the file.
 */
export async function decodeDicom(bytes: Uint8Array, options: CodecOptions = {}): Promise<DecodedDicom> {
  const file = parseDicom(bytes);
  const { rows: height, columns: width, frames } = file.layout;
  const notes = frames > 1 ? [`first of ${frames} images`] : [];
  const values = brightnessOf(file, { ...await firstFrame(file, options), notes });
  return { image: { values, width, height, white: WHITE }, tags: readTags(file.attributes), notes };
}

function brightnessOf(
  file: DicomFile,
  { values, photometric, notes }: Frame & { notes: string[] },
): Uint16Array {
  switch (photometric) {
    case "MONOCHROME1":
    case "MONOCHROME2": {
      const tone = toneOf(file, values);
      notes.push(...tone.notes);
      const table = Uint16Array.from(tone.brightness, (brightness) => Math.round(WHITE * brightness));
      return Uint16Array.from(values, (value) => table[value]!);
    }
    case "PALETTE COLOR":
      return fromPalette(file, values);
    case "RGB":
      return scaled(greyOf(values, { pixels: values.length / 3, grey: false }), file);
    case "YBR_FULL":
    case "YBR_FULL_422":
      return scaled(greyOf(rgbOf(values, file.layout), { pixels: values.length / 3, grey: false }), file);
    default:
      throw new InputError(`colours in ${photometric} are not read`);
  }
}

/** Brightness, blueness and redness as red, green and blue (PS3.3, C.7.6.3.1.2). */
function rgbOf(values: Uint8Array | Uint16Array, { bitsStored }: PixelLayout): Uint8Array | Uint16Array {
  const middle = 2 ** (bitsStored - 1);
  const fit = (value: number) => Math.max(0, Math.min(2 * middle - 1, Math.floor(value + 0.5)));
  const result = values.slice();
  for (let i = 0; i < values.length; i += 3) {
    const [brightness, blue, red] = [values[i]!, values[i + 1]! - middle, values[i + 2]! - middle];
    result[i] = fit(brightness + 1.402 * red);
    result[i + 1] = fit(brightness - 0.344136 * blue - 0.714136 * red);
    result[i + 2] = fit(brightness + 1.772 * blue);
  }
  return result;
}

/** Grey values of as many bits as are stored, with their white at 65535. */
function scaled(values: Uint8Array | Uint16Array, { layout }: DicomFile): Uint16Array {
  const white = 2 ** layout.bitsStored - 1;
  return Uint16Array.from(values, (value) => Math.round(WHITE * value / white));
}

/** The brightness of a palette's colours (PS3.3, C.7.6.3.1.5). */
function fromPalette(
  { attributes, layout: { signed } }: DicomFile,
  values: Uint8Array | Uint16Array,
): Uint16Array {
  const [red, green, blue] = ["1", "2", "3"].map((colour) => {
    const table = readLookupTable(attributes, {
      descriptor: `x0028110${colour}`,
      data: `x0028120${colour}`,
      signed,
    });
    if (table === null) throw new InputError("its palette is missing, or is segmented, which is not read");
    return table;
  });
  const colours = Array.from(red!.values, (value, i) => [value, green!.values[i] ?? 0, blue!.values[i] ?? 0]);
  const grey = greyOf(Uint16Array.from(colours.flat()), { pixels: colours.length, grey: false });
  const white = 2 ** red!.bits - 1;
  return Uint16Array.from(values, (value) => {
    const place = Math.max(0, Math.min(grey.length - 1, value - red!.first));
    return Math.round(WHITE * grey[place]! / white);
  });
}
