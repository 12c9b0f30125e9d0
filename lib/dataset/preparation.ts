import { centreCrop } from "./centre_crop.ts";
import type { GreyImage } from "./grey_image.ts";
import { resize } from "./resize.ts";
import { smoothedResize } from "./smoothed_resize.ts";

/**
 * How an image of any shape becomes a network's square: the whole of it squeezed, or, as torchxrayvision has it, the
 * largest square of its middle, smoothed and sampled.
 */
export const PREPARATIONS = ["squeezed", "centre-crop"] as const;

/** One of {@linkcode PREPARATIONS}. */
export type Preparation = (typeof PREPARATIONS)[number];

/** An image that is ready for a network. */
export interface PreparedImage {
  /** uint8 [size, size], 0 (black) to 255 (white). */
  pixels: Uint8Array;
  /** [size, size], 0 (black) to 1 (white): what the network is given, not rounded to grey levels by a centre crop. */
  values: Float32Array<ArrayBuffer>;
}

/** Makes an image a square of `size` x `size` pixels. */
export function prepareImage(
  image: GreyImage,
  { size, preparation }: { size: number; preparation: Preparation },
): PreparedImage {
  switch (preparation) {
    case "squeezed": {
      const { values, ...shape } = image;
      const pixels = resize(values, { ...shape, size });
      return { pixels, values: Float32Array.from(pixels, (value) => value / 255) };
    }
    case "centre-crop": {
      const values = smoothedResize(centreCrop(image), size).map((value) => (value + 1) / 2);
      return { pixels: Uint8Array.from(values, (value) => Math.round(255 * value)), values };
    }
  }
}
