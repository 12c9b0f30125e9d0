import { createRequire } from "node:module";
import sharp from "sharp";
import { escapeHtml } from "../escape_html.ts";

/** The ground of pictures: dark, as a viewer of radiographs has it. */
export const BACKGROUND = "#15181c";

const INK = "#d8dce0";

/** How a text is drawn. */
export interface CaptionOptions {
  /** Points. Default: 12. */
  size?: number;
}

/**
 * A text as a picture, broken into lines of a width in pixels. The font comes with the project: a server may have none.
 */
export function captionOf(caption: string, width: number, { size = 12 }: CaptionOptions = {}) {
  const fontfile = createRequire(import.meta.url).resolve(
    "@expo-google-fonts/open-sans/400Regular/OpenSans_400Regular.ttf",
  );
  const text = `<span foreground="${INK}">${escapeHtml(caption) || " "}</span>`;
  const font = `Open Sans ${size}`;
  return sharp({ text: { text, font, fontfile, width, dpi: 72, rgba: true, wrap: "word" } })
    .png().toBuffer({ resolveWithObject: true });
}
