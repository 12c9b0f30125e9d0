/// <reference lib="dom" />
import { type GreyImage, greyOf, MOST_PIXELS } from "../../dataset/grey_image.ts";
import { jpegFrame } from "../../dataset/jpeg_frame.ts";
import { InputError } from "../../support/input_error.ts";

/**
 * Decodes a JPEG by the browser's own decoder, turned upright where its EXIF data say how it lies and without its colour
 * profile, as `decodeJpeg` of `lib/dataset` does; values may be one off.
 *
 * @throws {InputError} Where it is damaged or too large; the message does not name the file.
 */
export async function decodeJpeg(bytes: Uint8Array<ArrayBuffer>): Promise<GreyImage> {
  const frame = jpegFrame(bytes);
  if (frame === null || !frame.hasEnd) throw new InputError("damaged or cut short");
  if (frame.width * frame.height > MOST_PIXELS) {
    throw new InputError(`more pixels than the ${MOST_PIXELS} that are read`);
  }
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(new Blob([bytes], { type: "image/jpeg" }), {
      imageOrientation: "from-image",
      colorSpaceConversion: "none",
    });
  } catch {
    throw new InputError("damaged or cut short");
  }
  const { width, height } = bitmap;
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true })!;
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  const { data } = context.getImageData(0, 0, width, height);
  const colours = new Uint8Array(data.buffer, data.byteOffset, data.length);
  return { values: greyOf(colours, { pixels: width * height, grey: false }), width, height, white: 255 };
}
