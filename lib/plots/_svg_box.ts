import { textWidth } from "./_text_width.ts";

/** What is used here of a browser's SVG elements, whose types Deno does not have. */
export interface SvgElement {
  readonly tagName: string;
  readonly textContent: string;
  readonly parentElement: SvgElement | null;
  readonly style: { readonly fontSize?: string; readonly textAnchor?: string };
  readonly children: Iterable<SvgElement> & { readonly length: number };
  readonly attributes: Iterable<{ name: string; value: string }> & { readonly length: number };
  getAttribute(name: string): string | null;
  setAttribute(name: string, value: string): void;
  removeAttribute(name: string): void;
  remove(): void;
  replaceWith(...elements: SvgElement[]): void;
  querySelectorAll(selector: string): Iterable<SvgElement>;
}

/** A rectangle, with a browser's names for its sides. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  readonly width: number;
  readonly height: number;
}

type Point = readonly [x: number, y: number];

/**
 * The rectangle around the texts in an element (shapes are not counted), in the coordinates of an element around
 * it, or of the page. Text is as wide as in Open Sans.
 */
export function boxIn(element: SvgElement, outer: SvgElement | null): Box {
  const texts = element.tagName === "text" ? [element] : [...element.querySelectorAll("text")];
  const corners = element.tagName === "tspan"
    ? cornersOf(element)
    : texts.flatMap((text) => cornersOf(text).map((corner) => moved(corner, text, outer)));
  const xs = corners.map(([x]) => x);
  const ys = corners.map(([, y]) => y);
  const [left, right] = xs.length === 0 ? [0, 0] : [Math.min(...xs), Math.max(...xs)];
  const [top, bottom] = ys.length === 0 ? [0, 0] : [Math.min(...ys), Math.max(...ys)];
  return { x: left, y: top, left, top, right, bottom, width: right - left, height: bottom - top };
}

/** The corners of a text before any transformation. */
function cornersOf(text: SvgElement): Point[] {
  const size = fontSizeOf(text);
  const lines = [...text.querySelectorAll("tspan.line")];
  const contents = (lines.length > 0 ? lines : [text]).map(({ textContent }) => textContent);
  const width = size * Math.max(...contents.map(textWidth));
  const anchor = text.getAttribute("text-anchor") ?? text.style.textAnchor;
  const left = numberIn(text, "x") - (anchor === "middle" ? width / 2 : anchor === "end" ? width : 0);
  const top = numberIn(text, "y") - 1.07 * size;
  const bottom = top + size * (1.36 + 1.3 * (contents.length - 1));
  return [[left, top], [left + width, top], [left, bottom], [left + width, bottom]];
}

/** A point after the transformations (`translate` and `rotate`) of an element and of those around it. */
function moved(point: Point, element: SvgElement, outer: SvgElement | null): Point {
  let [x, y] = point;
  for (let e: SvgElement | null = element; e !== null && e !== outer; e = e.parentElement) {
    const steps = [...(e.getAttribute("transform") ?? "").matchAll(/(translate|rotate)\(([^)]*)\)/g)];
    for (const [, kind, values] of steps.reverse()) {
      const [a = 0, b = 0, c = 0] = values!.split(/[\s,]+/).map(Number);
      if (kind === "translate") {
        [x, y] = [x + a, y + b];
      } else {
        const [sine, cosine] = [Math.sin(a * Math.PI / 180), Math.cos(a * Math.PI / 180)];
        [x, y] = [b + (x - b) * cosine - (y - c) * sine, c + (x - b) * sine + (y - c) * cosine];
      }
    }
  }
  return [x, y];
}

function fontSizeOf(text: SvgElement): number {
  const size = parseFloat(text.style.fontSize ?? "");
  if (size > 0) return size;
  return text.parentElement === null ? 12 : fontSizeOf(text.parentElement);
}

function numberIn(element: SvgElement, attribute: string): number {
  return Number(element.getAttribute(attribute) ?? 0);
}
