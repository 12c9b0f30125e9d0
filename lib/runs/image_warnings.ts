import { doubtsOf } from "../dataset/dicom/dicom_tags.ts";
import { imageDoubt } from "../dataset/image_doubts.ts";
import type { FileImage } from "../dataset/read_image.ts";
import type { Likeness } from "../evaluation/likeness.ts";

/** An image as its file has it, without its pixels. */
export type ImageSource = Omit<FileImage, "image"> & { width: number; height: number };

/** What is known of an image beside its file. */
export interface ImageWarningsOptions {
  /** uint8 [imageSize, imageSize]: what the network was given. */
  pixels: Uint8Array;
  /** How it compares with the run's own images; null where the run does not tell. */
  likeness: Likeness | null;
  /** Whether it is a phantom image where the network was trained on others. */
  isForeign: boolean;
}

/** An image with a side of fewer pixels shows nothing. */
const SMALL = 64;

/** Why not to rely on what is said of an image, as half sentences. */
export function imageWarnings(
  { tags, notes, width, height }: ImageSource,
  { pixels, likeness, isForeign }: ImageWarningsOptions,
): string[] {
  const doubt = imageDoubt(pixels);
  return [
    ...(tags ? doubtsOf(tags) : []),
    ...(doubt !== null ? [`the image ${doubt}`] : likeness?.problem ? [likeness.problem] : []),
    ...(Math.min(width, height) < SMALL ? [`only ${width} x ${height} pixels`] : []),
    ...(isForeign ? ["a phantom image, and the network was trained on others"] : []),
    ...notes,
  ];
}
