import { Buffer } from "node:buffer";
import sharp, { type OverlayOptions } from "sharp";
import { BACKGROUND, captionOf } from "./_caption.ts";
import { inferno } from "./inferno.ts";
import { PNG } from "./_png.ts";
import { overlay } from "./overlay.ts";

/** A heat map over an image, with what is written beside it. */
export interface HeatMapPicture {
  /** uint8 [side, side]: the image as the network takes it, squeezed to a square. */
  pixels: Uint8Array;
  /** float [any, any] of the whole image, 0 or more. */
  heat: ArrayLike<number>;
  /** The image's own width by its height, to undo the squeezing. */
  aspect: number;
  /** The first line under the picture, larger. */
  title: string;
  /** What is written below it. */
  caption: string;
}

/** Pixels of the image's longer side. */
export const PICTURE_SIDE = 640;

const GAP = 16;
const BAR = { width: 20, label: 120 };

/** Draws a heat map over its image in the image's own shape, the plain image beside it, with a colour bar; a PNG. */
export async function drawHeatMap(
  { pixels, heat, aspect, title, caption }: HeatMapPicture,
): Promise<Uint8Array> {
  const width = Math.max(1, Math.round(aspect >= 1 ? PICTURE_SIDE : PICTURE_SIDE * aspect));
  const height = Math.max(1, Math.round(aspect >= 1 ? PICTURE_SIDE / aspect : PICTURE_SIDE));
  const shaped = async (map: ArrayLike<number>) =>
    await sharp(await overlay(pixels, map, { size: PICTURE_SIDE })).resize(width, height, { fit: "fill" })
      .toBuffer();
  const total = 2 * width + BAR.width + BAR.label + 4 * GAP;
  const [plain, hot, strongest, none, head, text] = await Promise.all([
    shaped([0]),
    shaped(heat),
    captionOf("strongest\nfor the finding", BAR.label),
    captionOf("none", BAR.label),
    captionOf(title, total - 2 * GAP, { size: 20 }),
    captionOf(caption, total - 2 * GAP),
  ]);
  const bar = { left: 2 * width + 3 * GAP, height: Math.min(height, 256) };
  const labels = bar.left + BAR.width + 8;
  const headTop = height + 2 * GAP;
  const textTop = headTop + head.info.height + GAP / 2;
  const layers: OverlayOptions[] = [
    { input: plain, left: GAP, top: GAP },
    { input: hot, left: width + 2 * GAP, top: GAP },
    {
      input: colourBar(bar.height),
      raw: { width: BAR.width, height: bar.height, channels: 3 },
      left: bar.left,
      top: GAP,
    },
    { input: strongest.data, left: labels, top: GAP },
    { input: none.data, left: labels, top: GAP + bar.height - none.info.height },
    { input: head.data, left: GAP, top: headTop },
    { input: text.data, left: GAP, top: textTop },
  ];
  const ground = {
    width: total,
    height: textTop + text.info.height + GAP,
    channels: 3,
    background: BACKGROUND,
  } as const;
  const png = await sharp({ create: ground }).composite(layers).png(PNG).toBuffer();
  return new Uint8Array(png);
}

/** The colours of heat from the strongest, at the top, to none. */
function colourBar(height: number): Buffer {
  const pixels = Buffer.alloc(3 * BAR.width * height);
  for (let y = 0; y < height; y++) {
    const colour = inferno(1 - y / (height - 1));
    for (let x = 0; x < BAR.width; x++) pixels.set(colour, 3 * (y * BAR.width + x));
  }
  return pixels;
}
