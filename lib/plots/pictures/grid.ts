import sharp, { type OverlayOptions } from "sharp";
import { BACKGROUND, captionOf } from "./_caption.ts";
import { PNG } from "./_png.ts";

/** A picture with what is written under it. */
export interface CaptionedPicture {
  /** The bytes of a PNG. */
  png: Uint8Array;
  /** One or more lines of text. */
  caption: string;
}

/** How pictures are laid out. */
export interface GridOptions {
  /** Pictures side by side. Default: 4, or as many as there are. */
  columns?: number;
  /** Width of each picture in pixels. Default: 220. */
  width?: number;
}

const GAP = 10;

/** Puts pictures with their captions into rows, on a dark ground as a viewer of radiographs has it; a PNG. */
export async function pictureGrid(
  pictures: readonly CaptionedPicture[],
  options: GridOptions = {},
): Promise<Uint8Array> {
  const { columns = Math.min(4, pictures.length), width = 220 } = options;
  if (pictures.length === 0) throw new RangeError("A grid of no pictures");
  const cells = await Promise.all(pictures.map(async ({ png, caption }) => {
    const picture = await sharp(png).resize({ width }).toBuffer({ resolveWithObject: true });
    const text = await captionOf(caption, width);
    return { picture, text, height: picture.info.height + 4 + text.info.height };
  }));
  const layers: OverlayOptions[] = [];
  let top = GAP;
  for (let first = 0; first < cells.length; first += columns) {
    const row = cells.slice(first, first + columns);
    row.forEach(({ picture, text }, column) => {
      const left = GAP + column * (width + GAP);
      layers.push({ input: picture.data, left, top });
      layers.push({ input: text.data, left, top: top + picture.info.height + 4 });
    });
    top += Math.max(...row.map(({ height }) => height)) + GAP;
  }
  const ground = {
    width: GAP + columns * (width + GAP),
    height: top,
    channels: 3,
    background: BACKGROUND,
  } as const;
  const png = await sharp({ create: ground }).composite(layers).png(PNG)
    .toBuffer();
  return new Uint8Array(png);
}
