import dicomParser, { type Element } from "dicom-parser";
import { InputError } from "../../support/input_error.ts";
import { type CodecOptions, CODECS } from "./codecs.ts";
import type { DicomFile, PixelLayout } from "./parse_dicom.ts";
import { unpackRle } from "./rle.ts";

/** The values of a file's first image, as they are stored. */
export interface Frame {
  /** [rows, columns, samples] The bits of each value alone, moved to the right: not yet signed. */
  values: Uint8Array | Uint16Array;
  /** What a colour's values are now: of what was `YBR_FULL` and decoded to red, green and blue it is `RGB`. */
  photometric: string;
}

const BIG_ENDIAN = "1.2.840.10008.1.2.2";
const RUN_LENGTH = "1.2.840.10008.1.2.5";

/** Transfer syntaxes whose pixels are not compressed: implicit, explicit, big endian and deflated. */
const UNCOMPRESSED = ["1.2.840.10008.1.2", "1.2.840.10008.1.2.1", BIG_ENDIAN, "1.2.840.10008.1.2.1.99"];

/** JPEG and JPEG 2000 with a loss or with a colour transform: their decoders turn that back. */
const TO_RGB = /\.4\.(50|51|90|91)$/;

/**
 * Decodes the first image of a DICOM file.
 *
 * @throws {InputError} Where it is damaged, cut short, of another shape than the file says, or compressed in a way that
 * is not read.
 */
export async function firstFrame(file: DicomFile, options: CodecOptions = {}): Promise<Frame> {
  const { attributes, transferSyntax, layout } = file;
  const { photometric } = layout;
  const element = attributes.elements.x7fe00010!;
  if (UNCOMPRESSED.includes(transferSyntax)) {
    return { values: onlyStored(uncompressed(file, element), layout), photometric };
  }
  const codec = CODECS.get(transferSyntax);
  if (codec === undefined && transferSyntax !== RUN_LENGTH) {
    throw new InputError(`compressed in a way that is not read (transfer syntax ${transferSyntax})`);
  }
  const bytes = frameOf(file, element);
  if (codec === undefined) return { values: onlyStored(fromPlanes(bytes, layout), layout), photometric };
  const { width, height, samples, values } = await codec(bytes, options);
  const { columns, rows } = layout;
  if (width !== columns || height !== rows || samples !== layout.samples) {
    throw new InputError(
      `damaged: its pixels are ${width} x ${height} x ${samples}, and it says ${columns} x ${rows} x ${layout.samples}`,
    );
  }
  if (values.length !== rows * columns * samples || 8 * values.BYTES_PER_ELEMENT > layout.bitsAllocated) {
    throw new InputError(`damaged: its pixels are not of ${layout.bitsAllocated} bits`);
  }
  const isRgb = samples === 3 && TO_RGB.test(transferSyntax);
  return { values: onlyStored(values, layout), photometric: isRgb ? "RGB" : photometric };
}

/** The bytes of the first frame's fragments, joined. */
function frameOf({ attributes, layout }: DicomFile, element: Element): Uint8Array {
  const { fragments = [], basicOffsetTable = [] } = element;
  if (fragments.length === 0) throw new InputError("damaged: its pixels are missing");
  try {
    if (layout.frames > 1 && basicOffsetTable.length > 1) {
      return dicomParser.readEncapsulatedImageFrame(attributes, element, 0);
    }
    // Without a table of offsets, each frame of several is a fragment.
    const count = layout.frames > 1 ? Math.ceil(fragments.length / layout.frames) : fragments.length;
    return dicomParser.readEncapsulatedPixelDataFromFragments(attributes, element, 0, count);
  } catch {
    throw new InputError("damaged or cut short");
  }
}

function uncompressed({ attributes, transferSyntax, layout }: DicomFile, element: Element) {
  const { rows, columns, samples, bitsAllocated, photometric } = layout;
  const pixels = rows * columns;
  const isHalved = photometric === "YBR_FULL_422";
  const values = isHalved ? 2 * pixels : pixels * samples;
  const length = Math.ceil(values * bitsAllocated / 8);
  const all = attributes.byteArray.subarray(element.dataOffset, element.dataOffset + element.length);
  if (all.length < length) {
    throw new InputError(`cut short: ${all.length} bytes of pixels instead of ${length}`);
  }
  // Of values of 8 bits that were written as words, each two bytes have changed places.
  const isSwapped = transferSyntax === BIG_ENDIAN && (bitsAllocated === 16 || element.vr === "OW");
  const bytes = isSwapped ? swapped(all.subarray(0, length + length % 2)) : all.slice(0, length);
  if (bitsAllocated === 1) {
    return Uint8Array.from({ length: pixels }, (_, i) => bytes[i >> 3]! >> (i & 7) & 1);
  }
  const stored = bitsAllocated === 16 ? new Uint16Array(bytes.buffer, 0, values) : bytes.subarray(0, values);
  if (isHalved) return fullColours(stored);
  return samples === 3 && layout.planar ? interleaved(stored, pixels) : stored;
}

/** Exchanges each two bytes. */
function swapped(bytes: Uint8Array): Uint8Array {
  const result = new Uint8Array(bytes.length + bytes.length % 2);
  for (let i = 0; i < bytes.length; i++) result[i ^ 1] = bytes[i]!;
  return result;
}

/** Planes of red, green and blue as pixels. */
function interleaved<T extends Uint8Array | Uint16Array>(planes: T, pixels: number): T {
  const result = planes.slice() as T;
  for (let sample = 0, at = 0; sample < 3; sample++) {
    for (let i = 0; i < pixels; i++) result[3 * i + sample] = planes[at++]!;
  }
  return result;
}

/** Two brightnesses that share their colour (PS3.3, C.7.6.3.1.2, YBR_FULL_422) as pixels of three values. */
function fullColours<T extends Uint8Array | Uint16Array>(halved: T): T {
  const result = new (halved.constructor as new (length: number) => T)(halved.length / 2 * 3);
  for (let from = 0, to = 0; from < halved.length; from += 4) {
    for (const brightness of [0, 1]) {
      result[to++] = halved[from + brightness]!;
      result[to++] = halved[from + 2]!;
      result[to++] = halved[from + 3]!;
    }
  }
  return result;
}

/** Run-length planes as pixels: of each sample the most significant byte comes first. */
function fromPlanes(bytes: Uint8Array, { rows, columns, samples, bitsAllocated }: PixelLayout) {
  const pixels = rows * columns;
  const width = bitsAllocated / 8;
  const planes = unpackRle(bytes, pixels);
  if (planes.length !== samples * width) {
    throw new InputError(
      `damaged: ${planes.length} segments of run-length encoding instead of ${samples * width}`,
    );
  }
  const values = bitsAllocated === 16 ? new Uint16Array(pixels * samples) : new Uint8Array(pixels * samples);
  planes.forEach((plane, index) => {
    const sample = Math.floor(index / width);
    const shift = 8 * (width - 1 - index % width);
    for (let i = 0; i < pixels; i++) values[i * samples + sample]! |= plane[i]! << shift;
  });
  return values;
}

/** Leaves of each value the bits that are stored: others may hold overlays. */
function onlyStored<T extends Uint8Array | Uint16Array>(
  values: T,
  { bitsAllocated, bitsStored, highBit }: PixelLayout,
): T {
  if (bitsStored === bitsAllocated) return values;
  const shift = highBit + 1 - bitsStored;
  const mask = 2 ** bitsStored - 1;
  for (let i = 0; i < values.length; i++) values[i] = values[i]! >> shift & mask;
  return values;
}
