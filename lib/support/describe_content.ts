/** What files of weights are described as. */
export const WEIGHT_CONTENTS = {
  hdf5: "an HDF5 file",
  zip: "a zip archive or a spreadsheet (.xlsx)",
  pickle: "a pickle",
  safetensors: "a safetensors file",
} as const;

/** How files begin whose kind has a name. */
const SIGNATURES: readonly (readonly [start: string, kind: string])[] = [
  ["\x89HDF\r\n\x1a\n", WEIGHT_CONTENTS.hdf5],
  ["PK\x03\x04", WEIGHT_CONTENTS.zip],
  ["PK\x05\x06", "an empty zip"],
  ["\x1f\x8b", "a gzip file: unpack it first"],
  ["BZh", "a bzip2 file: unpack it first"],
  ["\xfd7zXZ\0", "an xz file: unpack it first"],
  ["7z\xbc\xaf", "a 7-Zip file: unpack it first"],
  ["Rar!", "a RAR file: unpack it first"],
  ["\x93NUMPY", "a NumPy array"],
  ["PAR1", "a Parquet file"],
  ["\xd0\xcf\x11\xe0", "a spreadsheet (.xls)"],
  ["\xff\xfe", "UTF-16"],
  ["\xfe\xff", "UTF-16"],
  ["GIF8", "a GIF image"],
  ["II*\0", "a TIFF image"],
  ["MM\0*", "a TIFF image"],
  ["\0\0\0\x0cjP  ", "a JPEG 2000 image"],
  ["\x89PNG", "a PNG image"],
  ["\xff\xd8\xff", "a JPEG image"],
  ["%PDF", "a PDF"],
  ["\x7fELF", "a program"],
];

/** Bytes of a file's start that are enough to describe it. */
export const DESCRIBED_BYTES = 1024;

/**
 * Says what a file is that is not what was expected, from its first bytes: a web page in place of a download, a pointer
 * of Git LFS, an archive. Half a sentence, with the file's own first words where it is text.
 */
export function describeContent(bytes: Uint8Array): string {
  const known = knownContent(bytes);
  if (known !== null) return known;
  const text = new TextDecoder().decode(bytes.subarray(0, DESCRIBED_BYTES));
  if (isText(text)) return `a text: it begins ${beginning(text)}`;
  if (bytes[8] === 0x7b) return WEIGHT_CONTENTS.safetensors;
  return `something unknown (its first bytes are ${bytes.subarray(0, 8).toHex().replace(/..\B/g, "$& ")})`;
}

/** The same where the content has a name, and null where it is any text or unknown. */
export function knownContent(bytes: Uint8Array): string | null {
  if (bytes.length === 0) return "an empty file";
  const first = bytes.subarray(0, DESCRIBED_BYTES);
  const start = String.fromCharCode(...first);
  const pointed = start.match(/^version https:\/\/git-lfs[^\n]*\n[^]*?\nsize (\d+)/)?.[1];
  if (pointed !== undefined) {
    return `a pointer of Git LFS to a file of ${pointed} bytes: fetch that with \`git lfs pull\``;
  }
  const known = SIGNATURES.find(([signature]) => start.startsWith(signature))?.[1];
  if (known !== undefined) return known;
  if (start.slice(257, 262) === "ustar") return "a tar archive: unpack it first";
  if (start[0] === "\x80" && start.charCodeAt(1) <= 5) return WEIGHT_CONTENTS.pickle;
  if (start.startsWith("RIFF") && start.slice(8, 12) === "WEBP") return "a WebP image";
  if (/^ftyp(hei|hev|mif|avif)/.test(start.slice(4))) return "an HEIC or AVIF image";
  const text = new TextDecoder().decode(first);
  const kind = isText(text) ? kindOfText(text) : null;
  return kind && `${kind}: it begins ${beginning(text)}`;
}

function beginning(text: string): string {
  return `"${text.trim().slice(0, 40).replace(/\s+/g, " ")}"`;
}

/** Whether a start that was read as UTF-8 is text: no control characters, and nothing that is no UTF-8 but for a cut end. */
function isText(text: string): boolean {
  return !/[\p{Cc}\ufffd]/u.test(text.replace(/\s/g, "").slice(0, -1));
}

function kindOfText(text: string): string | null {
  const start = text.trimStart().toLowerCase();
  if (/^<(!doctype html|html|head|body)/.test(start)) return "a web page (HTML)";
  if (/^<(\?xml|svg)/.test(start)) return "an XML text";
  return /^(\{|\[\s*[[{"\d-])/.test(start) ? "a JSON text" : null;
}
