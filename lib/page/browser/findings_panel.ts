/// <reference lib="dom" />
import { byExcess, type FindingJudgement, type FindingScale } from "../../evaluation/finding_scale.ts";
import { element, svgElement } from "./dom.ts";
import { findingTitle, likelihood, roughPercent } from "./words.ts";

/** The findings of the image that is shown. */
export interface FindingsPanel {
  element: HTMLElement;
  /** Shows what is said of an image, the finding furthest above its threshold first, or that there is none. */
  show(judgements: readonly FindingJudgement[] | null, chosen: string | null): void;
}

/** Makes the panel. */
export function makeFindingsPanel(
  scales: readonly FindingScale[],
  { onChoose }: { onChoose: (finding: string) => void },
): FindingsPanel {
  const rows = new Map<string, HTMLTableRowElement>();
  const body = element("tbody");
  const table = element(
    "table",
    { className: "findings" },
    element(
      "thead",
      {},
      element(
        "tr",
        {},
        element("th", { scope: "col" }, "Finding"),
        element("th", { scope: "col", title: "Calibrated on the run's validation images" }, "Probability"),
        element("th", { scope: "col", className: "number" }, "Threshold"),
        element("th", {
          scope: "col",
          className: "number",
          title: "How many validation images have a lower score",
        }, "Percentile"),
      ),
    ),
    body,
  );

  function rowOf(judgement: FindingJudgement, chosen: string | null): HTMLTableRowElement {
    const { finding, probability, threshold, score, scoreThreshold, isAbove, percentile } = judgement;
    const choose = element(
      "button",
      {
        type: "button",
        className: "finding",
        "aria-pressed": finding === chosen,
        onclick: () => onChoose(finding),
      },
      element("span", { className: "mark", "aria-hidden": "true" }, isAbove ? "▲" : ""),
      findingTitle(finding),
    );
    const { reason } = scales.find((scale) => scale.finding === finding)!;
    const cells = probability !== null && threshold !== null
      ? [
        element(
          "td",
          {},
          barOf(probability, threshold),
          element("span", { className: "value" }, roughPercent(probability)),
        ),
        element("td", { className: "number" }, threshold === 1 ? "never" : roughPercent(threshold)),
      ]
      : scoreThreshold !== null
      ? [
        element("td", {}, likelihood(judgement)),
        element(
          "td",
          { className: "number" },
          scoreThreshold === Infinity ? "never" : scoreThreshold.toFixed(2),
        ),
      ]
      : [element("td", { colSpan: 2, className: "silent" }, `${reason} (score ${score.toFixed(2)})`)];
    return element(
      "tr",
      { className: isAbove ? "above" : "", onclick: () => onChoose(finding) },
      element(
        "th",
        { scope: "row" },
        choose,
        isAbove ? element("span", { className: "spoken" }, ", above its threshold") : "",
      ),
      ...cells,
      element("td", { className: "number" }, percentile === null ? "–" : (100 * percentile).toFixed(0)),
    );
  }

  return {
    element: table,
    show(judgements, chosen) {
      const focused = [...rows].find(([, row]) => row.contains(document.activeElement))?.[0];
      rows.clear();
      for (const judgement of judgements === null ? [] : byExcess(judgements)) {
        rows.set(judgement.finding, rowOf(judgement, chosen));
      }
      body.replaceChildren(...rows.values());
      if (focused !== undefined) rows.get(focused)?.querySelector("button")?.focus();
    },
  };
}

/** A bar as long as the probability, with a mark at the threshold. */
function barOf(probability: number, threshold: number): SVGElement {
  const bar = (x: number, width: number, name: string) =>
    svgElement("rect", {
      x,
      y: name === "tick" ? 0 : 2,
      width,
      height: name === "tick" ? 10 : 6,
      class: name,
    });
  return svgElement(
    "svg",
    { viewBox: "0 0 100 10", preserveAspectRatio: "none", class: "bar", "aria-hidden": "true" },
    bar(0, 100, "track"),
    bar(0, 100 * probability, "filled"),
    ...(threshold < 1 ? [bar(100 * threshold - 0.6, 1.2, "tick")] : []),
  );
}
