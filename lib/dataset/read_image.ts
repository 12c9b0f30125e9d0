import { InputError } from "../support/input_error.ts";
import { openRegular, readRegular } from "../support/regular_file.ts";
import type { DicomTags } from "./dicom/dicom_tags.ts";
import type { GreyImage } from "./grey_image.ts";
import { type ImageKind, imageKind, KIND_BYTES } from "./image_kind.ts";
import { decodeJpeg, decodePng } from "./raster_image.ts";

/** An image as its file has it. */
export interface FileImage {
  /** Its pixels. */
  image: GreyImage;
  /** The kind of file, told by its first bytes. */
  kind: ImageKind;
  /** What a DICOM file says of it; null for others. */
  tags: DicomTags | null;
  /** What had to be decided to show it, as half sentences; empty for most. */
  notes: string[];
}

/**
 * Reads a PNG, a JPEG or the first image of a DICOM file, told by content, as a grey image.
 *
 * @throws {InputError} Naming the file where it is missing, none of these, damaged, cut short or larger than
 * `MOST_PIXELS`.
 */
export async function readImage(path: string): Promise<FileImage> {
  const start = startOf(path);
  const kind = imageKind(start);
  if (kind === null) throw new InputError(`${path}: not a PNG, JPEG or DICOM file`);
  try {
    switch (kind) {
      case "png":
        return { image: await decodePng(path, start), kind, tags: null, notes: [] };
      case "jpeg":
        return { image: await decodeJpeg(path), kind, tags: null, notes: [] };
      case "dicom": {
        const { decodeDicom } = await import("./dicom/decode_dicom.ts");
        return { ...await decodeDicom(await readRegular(path)), kind };
      }
    }
  } catch (error) {
    if (error instanceof InputError) error.message = `${path}: ${error.message}`;
    throw error;
  }
}

function startOf(path: string): Uint8Array {
  const bytes = new Uint8Array(KIND_BYTES);
  using file = openRegular(path);
  const count = file.readSync(bytes);
  if (count === null) throw new InputError(`${path}: the file is empty`);
  return bytes.subarray(0, count);
}
