/// <reference lib="dom" />
import type { PageExample } from "../page_data.ts";
import { button, element } from "./dom.ts";

/** What is seen before there is an image: where to drop one, how to choose one, and the examples. */
export function makeStartScreen(
  examples: readonly PageExample[],
  { onExample }: { onExample: (example: PageExample) => void },
): HTMLElement {
  return element(
    "div",
    { className: "start" },
    element("p", { className: "large" }, "Drop chest radiographs here"),
    element(
      "p",
      {},
      "PNG, JPEG or DICOM, as many as you like. They stay in this browser: the page opens no connection.",
    ),
    element(
      "p",
      { className: "choices" },
      element("label", { className: "as-button main", for: "files" }, "Choose files"),
      element("label", { className: "as-button", for: "folder" }, "Choose a folder"),
    ),
    element("p", {}, "Or take an example:"),
    element(
      "p",
      { className: "choices" },
      ...examples.map((example) => button(example.title, () => onExample(example), { className: "example" })),
    ),
  );
}
