/// <reference lib="dom" />
import { enlarge } from "../../plots/pictures/enlarge.ts";
import { inferno } from "../../plots/pictures/inferno.ts";

/** Width and height of a drawn heat map; the screen makes it larger. */
const SIDE = 256;

/**
 * Draws a heat map with the transparency of reports: the hotter, the lighter and the less transparent.
 *
 * @param map [side, side], its largest value 1, or 0 where there is nothing to show.
 */
export function heatCanvas(map: Float32Array): OffscreenCanvas {
  const canvas = new OffscreenCanvas(SIDE, SIDE);
  const context = canvas.getContext("2d")!;
  const picture = context.createImageData(SIDE, SIDE);
  enlarge(map, SIDE).forEach((value, i) => {
    picture.data.set([...inferno(value), 255 * Math.sqrt(Math.max(0, value))], 4 * i);
  });
  context.putImageData(picture, 0, 0);
  return canvas;
}
