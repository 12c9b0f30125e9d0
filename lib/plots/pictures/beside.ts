import { Buffer } from "node:buffer";
import sharp from "sharp";
import { BACKGROUND } from "./_caption.ts";
import { PNG } from "./_png.ts";

/** Pixels between the pictures. */
const GAP = 4;

/**
 * Puts square pictures of one size beside one another.
 *
 * @param pictures The bytes of PNGs of `size` x `size` pixels, from left to right.
 * @returns The bytes of a PNG.
 */
export async function beside(pictures: readonly Uint8Array[], size: number): Promise<Uint8Array> {
  const ground = {
    width: pictures.length * (size + GAP) - GAP,
    height: size,
    channels: 3,
    background: BACKGROUND,
  } as const;
  const layers = pictures.map((input, i) => ({ input: Buffer.from(input), left: i * (size + GAP), top: 0 }));
  const png = await sharp({ create: ground }).composite(layers).png(PNG)
    .toBuffer();
  return new Uint8Array(png);
}
