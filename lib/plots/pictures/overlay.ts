import { Buffer } from "node:buffer";
import sharp from "sharp";
import { COLOURS } from "../_theme.ts";
import { enlarge } from "./enlarge.ts";
import { inferno } from "./inferno.ts";
import { PNG } from "./_png.ts";

/** A rectangle in pixels of the image. */
export interface PictureBox {
  /** Distance of its left side from the image's. */
  x: number;
  /** Distance of its upper side from the image's. */
  y: number;
  /** Its width. */
  width: number;
  /** Its height. */
  height: number;
}

/** What is drawn over an image. */
export interface PictureOptions {
  /** Rectangles to be outlined, such as the finding's box. */
  boxes?: readonly PictureBox[];
  /** A point to be marked with a ring, such as the heat map's peak, in pixels of the image. */
  peak?: { x: number; y: number };
  /** Height and width of the picture in pixels. Default: the image's, but at least 256. */
  size?: number;
}

/** How a heat map is drawn over an image. */
export interface OverlayOptions extends PictureOptions {
  /** The heat that has the strongest colour. Default: the map's largest value; a map of zeros stays without colour. */
  maximum?: number;
  /** How much of the image the strongest colour hides, from 0 to 1. Default: 0.65. */
  opacity?: number;
}

/**
 * Draws a square grey image.
 *
 * @param image uint8 [side, side], row by row.
 * @returns The bytes of a PNG.
 */
export function xray(image: Uint8Array, options: PictureOptions = {}): Promise<Uint8Array> {
  return overlay(image, [0], options);
}

/**
 * Draws a square grey image with a heat map over it: the hotter, the lighter and the less transparent.
 *
 * @param image uint8 [side, side], row by row.
 * @param heat float [any, any] of the whole image; what is negative counts as 0.
 * @returns The bytes of a PNG.
 */
export async function overlay(
  image: Uint8Array,
  heat: ArrayLike<number>,
  options: OverlayOptions = {},
): Promise<Uint8Array> {
  const { boxes = [], peak, opacity = 0.65 } = options;
  const side = Math.sqrt(image.length);
  const size = options.size ?? Math.max(256, side);
  const grey = await sharp(image, { raw: { width: side, height: side, channels: 1 } })
    .resize(size, size, { kernel: size < side ? "lanczos3" : "cubic" })
    .toColourspace("b-w").raw().toBuffer();
  const map = enlarge(heat, size);
  const maximum = options.maximum ?? map.reduce((most, value) => Math.max(most, value), 0);
  const pixels = new Uint8Array(3 * size * size);
  for (let i = 0; i < map.length; i++) {
    const value = maximum > 0 ? Math.min(1, Math.max(0, map[i]! / maximum)) : 0;
    const alpha = opacity * Math.sqrt(value);
    const colour = inferno(value);
    for (let c = 0; c < 3; c++) pixels[3 * i + c] = Math.round((1 - alpha) * grey[i]! + alpha * colour[c]!);
  }
  const marks = outlines(boxes, { peak, size, scale: size / side });
  const png = await sharp(pixels, { raw: { width: size, height: size, channels: 3 } })
    .composite(marks === "" ? [] : [{ input: Buffer.from(marks) }])
    .png(PNG).toBuffer();
  return new Uint8Array(png);
}

/** The boxes and the ring as an SVG, each line bright over a dark one; empty when there are none. */
function outlines(
  boxes: readonly PictureBox[],
  { peak, size, scale }: { peak: PictureOptions["peak"]; size: number; scale: number },
): string {
  const shapes = boxes.map(({ x, y, width, height }) =>
    `<rect x="${x * scale}" y="${y * scale}" width="${width * scale}" height="${height * scale}"/>`
  );
  if (peak) shapes.push(`<circle cx="${peak.x * scale}" cy="${peak.y * scale}" r="${size / 50}"/>`);
  if (shapes.length === 0) return "";
  const width = size / 128;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${size}" height="${size}" fill="none">` +
    `<g stroke="#000" stroke-opacity="0.6" stroke-width="${2 * width}">${shapes.join("")}</g>` +
    `<g stroke="${COLOURS.sky}" stroke-width="${width}">${shapes.join("")}</g></svg>`;
}
