/// <reference lib="dom" />
import type { PageScale } from "../page_data.ts";
import { element } from "./dom.ts";
import { findingTitle } from "./words.ts";
import { counted } from "../../support/decimals.ts";

/** What the network looks for and how well it told images apart: shown until there is an image. */
export function validationTable(scales: readonly PageScale[]): HTMLElement {
  const { positives, negatives } = scales[0]!;
  const title = element("h2", {}, "What it looks for");
  if (positives + negatives === 0) {
    const names = scales.map(({ finding }) => findingTitle(finding)).join(", ");
    return element("div", {}, title, element("p", {}, names));
  }
  const images = counted(positives + negatives);
  return element(
    "div",
    {},
    title,
    element(
      "p",
      { className: "soft" },
      `How well it told ${images} validation images apart, which it was not trained on.`,
    ),
    element(
      "table",
      { className: "validation" },
      element(
        "thead",
        {},
        element(
          "tr",
          {},
          element("th", { scope: "col" }, "Finding"),
          element("th", { scope: "col", className: "number" }, "Images with it"),
          element("th", { scope: "col", className: "number" }, "AUC"),
        ),
      ),
      element(
        "tbody",
        {},
        ...scales.map(({ finding, positives, auc }) =>
          element(
            "tr",
            {},
            element("th", { scope: "row" }, findingTitle(finding)),
            element("td", { className: "number" }, counted(positives)),
            element("td", { className: "number" }, auc?.toFixed(3) ?? "–"),
          )
        ),
      ),
    ),
  );
}
