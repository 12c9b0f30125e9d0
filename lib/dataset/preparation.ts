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

/** The square that an image is made. */
export interface PrepareOptions {
  /** Pixels a row and rows of it. */
  size: number;
  /** How it is made. */
  preparation: Preparation;
}

/** Makes an image a square of pixels: uint8 [size, size], 0 (black) to 255 (white). */
export function preparePixels(image: GreyImage, options: PrepareOptions): Uint8Array {
  const { values, ...shape } = image;
  return options.preparation === "squeezed"
    ? resize(values, { ...shape, size: options.size })
    : prepareImage(image, options).pixels;
}

/** Makes an image a square of pixels, and of what a network is given. */
export function prepareImage(image: GreyImage, { size, preparation }: PrepareOptions): PreparedImage {
  switch (preparation) {
    case "squeezed": {
      const pixels = preparePixels(image, { size, preparation });
      return { pixels, values: Float32Array.from(pixels, (value) => value / 255) };
    }
    case "centre-crop": {
      const values = smoothedResize(centreCrop(image), size).map((value) => (value + 1) / 2);
      return { pixels: Uint8Array.from(values, (value) => Math.round(255 * value)), values };
    }
  }
}
