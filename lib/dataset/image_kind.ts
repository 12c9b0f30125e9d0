/** The formats that images are read from. */
export type ImageKind = "png" | "jpeg" | "dicom";

/** Extensions that images have, in lower case. */
const EXTENSIONS = /\.(png|jpe?g|dcm|dicom|dic|ima)$/;

/** Names without an extension or, as a DICOM's unique identifier has it, with a number for one. */
const WITHOUT_EXTENSION = /^(?!\.)[^.]*$|\.\d+$/;

/** Names without an extension that are no images. */
const OTHERS =
  /^(readme|licen[cs]e|changelog|changes|notice|copying|makefile|dicomdir|md5sums?|sha256sums?)$/;

/**
 * Whether a file may be an image by its name: it has an image's extension, or none at all. What it is, its content says.
 */
export function isImageName(name: string): boolean {
  const lower = name.toLowerCase();
  return EXTENSIONS.test(lower) || WITHOUT_EXTENSION.test(lower) && !OTHERS.test(lower);
}

/** How many bytes of a file `imageKind` looks at. */
export const KIND_BYTES = 132;

const PNG = [137, 80, 78, 71, 13, 10, 26, 10];
const JPEG = [0xff, 0xd8, 0xff];

/** Where `DICM` stands in a DICOM file (PS3.10, 7.1). */
const DICM = 128;

/** What DICOM files begin with that were written without a preamble: an attribute of these groups, below this element. */
const FIRST_GROUPS = [2, 8];
const FIRST_ELEMENTS = 0x20;

/** The value representations that such an attribute may have (PS3.5, 6.2). */
const REPRESENTATIONS = /^(AE|AS|CS|DA|DT|IS|LO|OB|PN|SH|TM|UI|UL|US)$/;

/**
 * Tells an image by its content, whatever its name is.
 *
 * @param start The first `KIND_BYTES` bytes of the file, or all of a shorter one.
 * @returns null where it is none of the formats that are read.
 */
export function imageKind(start: Uint8Array): ImageKind | null {
  if (PNG.every((byte, i) => start[i] === byte)) return "png";
  if (JPEG.every((byte, i) => start[i] === byte)) return "jpeg";
  return hasPreamble(start) || bareDicom(start) !== null ? "dicom" : null;
}

/** Whether a DICOM file begins with the 128 bytes and the word that the standard asks for. */
export function hasPreamble(start: Uint8Array): boolean {
  return textAt(start, DICM, 4) === "DICM";
}

/** How a DICOM file without a preamble begins. */
export interface BareDicom {
  /** The group of its first attribute: 2 where it describes itself, 8 where it begins at once. */
  group: number;
  /** Whether its attributes name their value representation. */
  explicit: boolean;
}

/** How bytes without a preamble begin, if they are DICOM: some old programs wrote files that way. */
export function bareDicom(start: Uint8Array): BareDicom | null {
  if (start.length < 16) return null;
  const view = new DataView(start.buffer, start.byteOffset, start.length);
  const group = view.getUint16(0, true);
  if (!FIRST_GROUPS.includes(group) || view.getUint16(2, true) >= FIRST_ELEMENTS) return null;
  const explicit = REPRESENTATIONS.test(textAt(start, 4, 2));
  return explicit || view.getUint32(4, true) <= 64 ? { group, explicit } : null;
}

function textAt(bytes: Uint8Array, position: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(position, position + length));
}
