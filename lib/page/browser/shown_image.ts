/// <reference lib="dom" />
import type { GreyImage } from "../../dataset/grey_image.ts";

/** Which brightnesses are shown as what lies between black and white, in fractions of the image's white. */
export interface Window {
  /** What is shown as middle grey. */
  center: number;
  /** How wide the range is that is shown between black and white, above 0. */
  width: number;
  inverted: boolean;
}

/** The window that shows an image as it is. */
export const WHOLE_WINDOW: Window = { center: 0.5, width: 1, inverted: false };

/** Pictures that are drawn are at most so wide and high: what screens show of larger ones is no sharper. */
const MOST_SIDE = 2048;

/** A grey image that can be drawn under any window. */
export interface ShownImage {
  /** As its file has it. */
  width: number;
  height: number;
  canvas: OffscreenCanvas;
  /** Draws it anew. */
  apply(window: Window): void;
}

/** Prepares an image to be shown. */
export function shownImage({ values, width, height, white }: GreyImage): ShownImage {
  const step = Math.ceil(Math.max(width, height) / MOST_SIDE);
  const [columns, rows] = [Math.ceil(width / step), Math.ceil(height / step)];
  const canvas = new OffscreenCanvas(columns, rows);
  const context = canvas.getContext("2d")!;
  const picture = context.createImageData(columns, rows);
  const words = new Uint32Array(picture.data.buffer);
  return {
    width,
    height,
    canvas,
    apply(window) {
      const table = windowTable(window, white);
      for (let y = 0, to = 0; y < rows; y++) {
        for (let x = 0, from = y * step * width; x < columns; x++, from += step) {
          words[to++] = 0xff000000 | table[values[from]!]! * 0x010101;
        }
      }
      context.putImageData(picture, 0, 0);
    },
  };
}

/** The brightness on the screen, 0 to 255, of each value up to white. */
export function windowTable({ center, width, inverted }: Window, white: number): Uint8Array {
  return Uint8Array.from({ length: white + 1 }, (_, value) => {
    const share = Math.min(1, Math.max(0, (value / white - center) / width + 0.5));
    return Math.round(255 * (inverted ? 1 - share : share));
  });
}
