/// <reference lib="dom" />
import type { PageData } from "../page_data.ts";
import { element } from "./dom.ts";

/** What is to be said of the run before anything else. */
export function runWarnings({ warnings }: PageData): HTMLElement[] {
  if (warnings.length === 0) return [];
  return [element(
    "details",
    { className: "run-warnings", open: true },
    element("summary", {}, "Before you rely on it"),
    element("ul", {}, ...warnings.map((warning) => element("li", {}, warning))),
  )];
}

/** In which precision the page has the weights, and what that costs. */
export function weightsNote({ weights: { precision, error } }: PageData): HTMLElement {
  return element(
    "p",
    { className: "soft" },
    precision === "float32"
      ? "The page has the weights as they were trained."
      : `The page has the weights in 16 bits: logits of its examples differ by ${
        error.toPrecision(2)
      } at most.`,
  );
}

/** What the keys do. */
export function keysHelp(): HTMLElement {
  const keys = [
    ["← →", "the image before, the next one"],
    ["H", "heat map on or off"],
    ["M", "Grad-CAM or Grad-CAM++"],
    ["B", "bounding boxes on or off"],
    ["I", "invert"],
    ["W, P", "dragging changes the window, or moves the image (also with Shift)"],
    ["+ − 0", "larger, smaller, all of it again (also the wheel, two fingers, a double click)"],
    ["F", "full screen"],
  ] as const;
  return element(
    "dl",
    { className: "keys" },
    ...keys.flatMap((
      [key, meaning],
    ) => [element("dt", {}, element("kbd", {}, key)), element("dd", {}, meaning)]),
  );
}
