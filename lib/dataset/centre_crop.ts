import type { GreyImage } from "./grey_image.ts";

/**
 * The largest square of an image's middle. Of an odd number of pixels that are left over, the one more is cut off as
 * torchxrayvision's `XRayCenterCrop` does: the square begins at half the side less half the square's, each rounded down.
 */
export function centreCrop({ values, width, height, white }: GreyImage): GreyImage {
  const side = Math.min(width, height);
  if (width === height) return { values, width, height, white };
  const left = (width >> 1) - (side >> 1);
  const top = (height >> 1) - (side >> 1);
  const cut = values instanceof Uint16Array ? new Uint16Array(side * side) : new Uint8Array(side * side);
  for (let y = 0; y < side; y++) {
    const start = (top + y) * width + left;
    cut.set(values.subarray(start, start + side), y * side);
  }
  return { values: cut, width: side, height: side, white };
}
