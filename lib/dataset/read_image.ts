import { DESCRIBED_BYTES, knownContent } from "../support/describe_content.ts";
import { InputError } from "../support/input_error.ts";
import { openRegular, readRegular } from "../support/regular_file.ts";
import type { DicomTags } from "./dicom/dicom_tags.ts";
import type { ImageFile } from "./find_images.ts";
import type { GreyImage } from "./grey_image.ts";
import { type ImageKind, imageKind } from "./image_kind.ts";
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
 * @param onBytes Is given the bytes that are decoded.
 * @throws {InputError} Naming the file where it is missing, none of these, damaged, cut short or larger than
 * `MOST_PIXELS`.
 */
export async function readImage(path: string, onBytes?: (bytes: Uint8Array) => void): Promise<FileImage> {
  return await decoded(startOf(path), {
    name: path,
    async whole() {
      const bytes = await readRegular(path);
      onBytes?.(bytes);
      return bytes;
    },
  });
}

/**
 * The same from bytes that are in memory already, such as those that came over a network.
 *
 * @param name What they are called in errors.
 * @throws {InputError} As {@linkcode readImage}.
 */
export async function readImageBytes(bytes: Uint8Array<ArrayBuffer>, name: string): Promise<FileImage> {
  if (bytes.length === 0) throw new InputError(`${name}: the file is empty`);
  const start = bytes.subarray(0, DESCRIBED_BYTES);
  return await decoded(start, { name, whole: () => Promise.resolve(bytes) });
}

/**
 * Reads the image of a file, from memory where its bytes are there.
 *
 * @throws {InputError} As {@linkcode readImage}; it begins with the file's name as people read it.
 */
export async function readImageFile({ path, name, bytes }: ImageFile): Promise<FileImage> {
  if (bytes !== undefined) return await readImageBytes(bytes, name);
  try {
    return await readImage(path);
  } catch (error) {
    throw error instanceof InputError ? new InputError(error.message.replace(path, name)) : error;
  }
}

/** Where an image's bytes are. */
interface ImageBytes {
  name: string;
  whole(): Promise<Uint8Array<ArrayBuffer>>;
}

async function decoded(start: Uint8Array, { name, whole }: ImageBytes): Promise<FileImage> {
  const kind = imageKind(start);
  if (kind === null) {
    const found = knownContent(start);
    throw new InputError(`${name}: not a PNG, JPEG or DICOM file${found === null ? "" : `, but ${found}`}`);
  }
  try {
    switch (kind) {
      case "png":
        return { image: await decodePng(await whole()), kind, tags: null, notes: [] };
      case "jpeg":
        return { image: await decodeJpeg(await whole()), kind, tags: null, notes: [] };
      case "dicom": {
        const { decodeDicom } = await import("./dicom/decode_dicom.ts");
        return { ...await decodeDicom(await whole()), kind };
      }
    }
  } catch (error) {
    if (error instanceof InputError) error.message = `${name}: ${error.message}`;
    throw error;
  }
}

function startOf(path: string): Uint8Array {
  const bytes = new Uint8Array(DESCRIBED_BYTES);
  using file = openRegular(path);
  const count = file.readSync(bytes);
  if (count === null) throw new InputError(`${path}: the file is empty`);
  return bytes.subarray(0, count);
}
