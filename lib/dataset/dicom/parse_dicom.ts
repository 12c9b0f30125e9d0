import dicomParser, { type DataSet } from "dicom-parser";
import { Inflate } from "fflate";
import { InputError } from "../../support/input_error.ts";
import { printable } from "../../support/printable.ts";
import { MOST_PIXELS } from "../grey_image.ts";
import { bareDicom, hasPreamble } from "../image_kind.ts";

/** How the pixels of a DICOM file are stored (PS3.3, C.7.6.3, Image Pixel Module). */
export interface PixelLayout {
  rows: number;
  columns: number;
  /** Values a pixel: 1, or 3 for colours. */
  samples: 1 | 3;
  /** `MONOCHROME1` (the lowest value is white), `MONOCHROME2`, `RGB`, `YBR_FULL`, `PALETTE COLOR` ... */
  photometric: string;
  /** Bits that a value takes up. */
  bitsAllocated: 1 | 8 | 16;
  /** Bits of those that are the value. */
  bitsStored: number;
  /** The position of the value's highest bit. */
  highBit: number;
  /** Whether values are in two's complement. */
  signed: boolean;
  /** Whether colours lie plane after plane instead of pixel after pixel. */
  planar: boolean;
  /** Images in the file. */
  frames: number;
}

/** A DICOM file: its attributes by tag (such as `x00280010`) and how its pixels are stored. */
export interface DicomFile {
  attributes: DataSet;
  /** The UID that says byte order and compression (PS3.5, section 10). */
  transferSyntax: string;
  layout: PixelLayout;
}

const IMPLICIT_LITTLE_ENDIAN = "1.2.840.10008.1.2";
const EXPLICIT_LITTLE_ENDIAN = "1.2.840.10008.1.2.1";

/** A deflated file may grow to this many bytes. */
const MOST_INFLATED = 2 ** 28;

/** Bytes that are inflated at a time. */
const INFLATED_AT_A_TIME = 2 ** 16;

/** How many characters of a code are kept: twice what the longest has. */
const LONGEST_CODE = 128;

/** The preamble's length; `DICM` follows it. */
const PREAMBLE = 128;

/**
 * Reads a DICOM file's attributes and checks that its image is of a kind that can be decoded.
 *
 * @throws {InputError} Where it is no DICOM file, damaged, cut short, without an image, or of a kind that is not read.
 */
export function parseDicom(bytes: Uint8Array): DicomFile {
  const { attributes, transferSyntax } = readAttributes(bytes);
  if (attributes.elements.x00041220) throw new InputError("a DICOMDIR: a list of files, without an image");
  if (!attributes.elements.x7fe00010) throw new InputError("a DICOM file without an image");
  return { attributes, transferSyntax, layout: layoutOf(attributes) };
}

/**
 * Reads the attributes in front of a DICOM file's pixels; its first bytes may be enough.
 *
 * @throws {InputError} Where it is no DICOM file, damaged, or goes on.
 */
export function parseDicomHeader(bytes: Uint8Array): DataSet {
  return readAttributes(bytes, { untilTag: "x7fe00010" }).attributes;
}

function readAttributes(
  bytes: Uint8Array,
  options: object = {},
): { attributes: DataSet; transferSyntax: string } {
  if (!hasPreamble(bytes)) {
    const bare = bareDicom(bytes);
    if (bare === null) throw new InputError("not a DICOM file");
    if (bare.group === 8) {
      const transferSyntax = bare.explicit ? EXPLICIT_LITTLE_ENDIAN : IMPLICIT_LITTLE_ENDIAN;
      return { attributes: parse(bytes, { ...options, TransferSyntaxUID: transferSyntax }), transferSyntax };
    }
    const whole = new Uint8Array(PREAMBLE + 4 + bytes.length);
    whole.set(new TextEncoder().encode("DICM"), PREAMBLE);
    whole.set(bytes, PREAMBLE + 4);
    return readAttributes(whole, options);
  }
  // A deflated file's attributes are in other bytes than its transfer syntax.
  const transferSyntax = orDamaged(() => codeOf(dicomParser.readPart10Header(bytes), "x00020010"));
  if (transferSyntax === null) throw new InputError("damaged: it does not say its transfer syntax");
  return { attributes: parse(bytes, { ...options, inflater: inflate }), transferSyntax };
}

function parse(bytes: Uint8Array, options: object): DataSet {
  return orDamaged(() => dicomParser.parseDicom(bytes, options));
}

/** Does what dicom-parser throws strings, objects and errors from. */
function orDamaged<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    const cause = (error as { exception?: unknown } | null)?.exception ?? error;
    if (cause instanceof InputError) throw cause;
    throw new InputError("damaged or cut short");
  }
}

function inflate(bytes: Uint8Array, start: number): Uint8Array {
  const pieces: Uint8Array[] = [];
  let length = 0;
  const stream = new Inflate((piece) => {
    length += piece.length;
    if (length > MOST_INFLATED) throw new InputError(`inflates to more than ${MOST_INFLATED} bytes`);
    pieces.push(piece);
  });
  for (let at = start; at < bytes.length; at += INFLATED_AT_A_TIME) {
    stream.push(bytes.subarray(at, at + INFLATED_AT_A_TIME), at + INFLATED_AT_A_TIME >= bytes.length);
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

function layoutOf(attributes: DataSet): PixelLayout {
  const number = (tag: string, name: string) => {
    const value = attributes.uint16(tag);
    if (value === undefined) throw new InputError(`damaged: it does not say its ${name}`);
    return value;
  };
  const rows = number("x00280010", "number of rows");
  const columns = number("x00280011", "number of columns");
  const samples = attributes.uint16("x00280002") ?? 1;
  const bitsAllocated = number("x00280100", "bits a value");
  const bitsStored = attributes.uint16("x00280101") ?? bitsAllocated;
  const highBit = attributes.uint16("x00280102") ?? bitsStored - 1;
  const photometric = codeOf(attributes, "x00280004");
  if (rows * columns === 0) throw new InputError(`damaged: ${columns} x ${rows} pixels`);
  if (rows * columns > MOST_PIXELS) {
    throw new InputError(`${columns} x ${rows} pixels are more than the ${MOST_PIXELS} that are read`);
  }
  if (bitsAllocated !== 1 && bitsAllocated !== 8 && bitsAllocated !== 16) {
    throw new InputError(`${bitsAllocated} bits a value are not read, only 1, 8 and 16`);
  }
  if (samples !== 1 && samples !== 3) throw new InputError(`${samples} values a pixel are not read`);
  if (photometric === null) throw new InputError("damaged: it does not say what its values mean");
  if (/^(RGB|YBR)/.test(photometric) !== (samples === 3)) {
    throw new InputError(`damaged: ${photometric} with ${samples} value${samples === 1 ? "" : "s"} a pixel`);
  }
  if (bitsStored < 1 || highBit >= bitsAllocated || bitsStored > highBit + 1) {
    throw new InputError(`damaged: ${bitsStored} bits up to bit ${highBit} of ${bitsAllocated}`);
  }
  return {
    rows,
    columns,
    samples,
    photometric,
    bitsAllocated,
    bitsStored,
    highBit,
    signed: attributes.uint16("x00280103") === 1,
    planar: attributes.uint16("x00280006") === 1,
    frames: attributes.intString("x00280008") || 1,
  };
}

/** An attribute that is a word or a number as text, printable whatever the file has; null where it is missing or empty. */
export function codeOf(attributes: DataSet, tag: string): string | null {
  const text = attributes.string(tag)?.trim() ?? "";
  return text === "" ? null : printable(text).slice(0, LONGEST_CODE);
}
