/// <reference lib="dom" />
import { element } from "./dom.ts";
import type { Case } from "./read_case.ts";

/** All images of the page, small, in the order in which they came. */
export interface Strip {
  element: HTMLElement;
  add(one: Case): void;
  /** Marks the image that is shown, and says what is most suspicious in each. */
  refresh(shown: Case | null, captionOf: (one: Case) => { text: string; isAbove: boolean }): void;
}

/** Width and height of a thumbnail. */
const SIDE = 72;

/** Makes the strip. */
export function makeStrip({ onShow }: { onShow: (one: Case) => void }): Strip {
  const list = element("ul", { className: "strip", "aria-label": "Images" });
  /** Scrolls the strip, and not the page, so that all of a button is seen. */
  function showWhole({ offsetLeft, offsetWidth }: HTMLElement): void {
    const { scrollLeft, clientWidth } = list;
    const left = Math.max(offsetLeft + offsetWidth - clientWidth, Math.min(scrollLeft, offsetLeft));
    if (left !== scrollLeft) list.scrollTo({ left });
  }

  const buttons = new Map<Case, { button: HTMLButtonElement; caption: HTMLElement }>();
  return {
    element: list,
    add(one) {
      const caption = element("span", { className: "caption" });
      const button = element(
        "button",
        {
          type: "button",
          title: one.name,
          onclick: () => onShow(one),
        },
        thumbnailOf(one),
        element("span", { className: "name" }, one.name),
        caption,
      );
      buttons.set(one, { button, caption });
      list.append(element("li", {}, button));
    },
    refresh(shown, captionOf) {
      for (const [one, { button, caption }] of buttons) {
        const { text, isAbove } = captionOf(one);
        button.setAttribute("aria-current", String(one === shown));
        if (one === shown) showWhole(button);
        caption.textContent = text;
        caption.classList.toggle("above", isAbove);
      }
    },
  };
}

/** What the network was given of an image, small. */
function thumbnailOf({ pixels, source: { width, height } }: Case): HTMLCanvasElement {
  const side = Math.sqrt(pixels.length);
  const full = new OffscreenCanvas(side, side);
  const picture = new ImageData(side, side);
  const words = new Uint32Array(picture.data.buffer);
  pixels.forEach((value, i) => words[i] = 0xff000000 | value * 0x010101);
  full.getContext("2d")!.putImageData(picture, 0, 0);
  const canvas = element("canvas", { width: SIDE, height: SIDE, "aria-hidden": "true" });
  const scale = SIDE / Math.max(width, height);
  const [across, down] = [width * scale, height * scale];
  const context = canvas.getContext("2d")!;
  context.imageSmoothingQuality = "high";
  context.drawImage(full, (SIDE - across) / 2, (SIDE - down) / 2, across, down);
  return canvas;
}
