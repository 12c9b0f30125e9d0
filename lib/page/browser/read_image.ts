import { decodeDicom } from "../../dataset/dicom/decode_dicom.ts";
import { imageKind, KIND_BYTES } from "../../dataset/image_kind.ts";
import type { FileImage } from "../../dataset/read_image.ts";
import { InputError } from "../../support/input_error.ts";
import { decodeJpeg } from "./decode_jpeg.ts";
import { decodePng } from "./decode_png.ts";
import { codecBytes } from "./embedded_files.ts";

/**
 * Reads a PNG, a JPEG or the first image of a DICOM file, as `readImage` of `lib/dataset` does from a path.
 *
 * @param name What errors call the file.
 * @throws {InputError} Naming the file where it is none of these, damaged, cut short or too large.
 */
export async function readImage(bytes: Uint8Array<ArrayBuffer>, name: string): Promise<FileImage> {
  if (bytes.length === 0) throw new InputError(`${name}: the file is empty`);
  const kind = imageKind(bytes.subarray(0, KIND_BYTES));
  if (kind === null) throw new InputError(`${name}: not a PNG, JPEG or DICOM file`);
  try {
    switch (kind) {
      case "png":
        return { image: decodePng(bytes), kind, tags: null, notes: [] };
      case "jpeg":
        return { image: await decodeJpeg(bytes), kind, tags: null, notes: [] };
      case "dicom":
        return { ...await decodeDicom(bytes, { codecBytes }), kind };
    }
  } catch (error) {
    if (error instanceof InputError) error.message = `${name}: ${error.message}`;
    throw error;
  }
}
