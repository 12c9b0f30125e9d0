/// <reference lib="dom" />
import type { FindingScale } from "../../evaluation/finding_scale.ts";
import type { PageScale } from "../page_data.ts";
import { element, svgElement } from "./dom.ts";
import { netBenefits } from "./net_benefit.ts";
import { operatingPoints } from "./operating_point.ts";
import { plotFrame, plotText, SIDE } from "./plot_frame.ts";
import { findingTitle } from "./words.ts";

/** What acting on the chosen finding's probability is worth, at a prevalence that a slider chooses. */
export interface DecisionPanel {
  element: HTMLElement;
  /** Shows a finding, at the validation images' prevalence. */
  show(finding: string): void;
}

/** What the vertical axis begins with, as a fraction of a perfect test's net benefit. */
const LOWEST = -0.25;

/** The slider's prevalences: from 0.1 % to 80 %, a tenth of a power of ten apart. */
const PREVALENCES = Array.from({ length: 30 }, (_, i) => 0.001 * 10 ** (i / 10));

/** Makes the panel; it is folded until it is opened. */
export function makeDecisionPanel(
  scales: readonly FindingScale[],
  { stored }: { stored: readonly PageScale[] },
): DecisionPanel {
  const body = element("div");
  const panel = element(
    "details",
    { className: "decision" },
    element("summary", {}, "What is a decision by it worth?"),
    body,
  );
  let shown: string | null = null;

  function make(finding: string): void {
    const { platt } = scales.find((scale) => scale.finding === finding)!;
    const scale = stored.find((scale) => scale.finding === finding)!;
    const points = operatingPoints(scale);
    panel.hidden = platt === null || points === null;
    if (platt === null || points === null) return;
    const own = scale.positives / (scale.positives + scale.negatives);
    const [network, all] = ["curve", "treat-all"].map((name) => svgElement("polyline", { class: name })) as [
      SVGElement,
      SVGElement,
    ];
    const none = heightOf(0);
    const plot = plotFrame(
      `Decision curve of ${findingTitle(finding)}`,
      { x: "Threshold probability", xAt: 116, y: "Net benefit" },
      svgElement("line", { x1: 0, y1: none, x2: SIDE, y2: none, class: "chance" }),
      all,
      network,
      ...[0.01, 0.1, 0.5].map((threshold) =>
        plotText(`${100 * threshold} %`, { x: placeOf(threshold), y: 106 })
      ),
    );
    const values = element("p", { className: "values", "aria-live": "polite" });
    const slider = element("input", {
      type: "range",
      id: "prevalence",
      min: "-1",
      max: String(PREVALENCES.length - 1),
      value: "-1",
      oninput: refresh,
    });

    function refresh(): void {
      const place = Number(slider.value);
      const prevalence = place < 0 ? own : PREVALENCES[place]!;
      const curve = netBenefits(points!, { platt: platt!, own, prevalence });
      const line = (of: (point: typeof curve[number]) => number) =>
        curve.map((point) => `${placeOf(point.threshold)},${heightOf(of(point))}`).join(" ");
      network.setAttribute("points", line((point) => point.network));
      all.setAttribute("points", line((point) => point.all));
      const useful = curve.filter((point) => point.network > Math.max(0, point.all) + 1e-9);
      const [first, last] = [useful.at(0), useful.at(-1)];
      const said = `${precise(prevalence)}${place < 0 ? ", as among the validation images" : ""}`;
      slider.setAttribute("aria-valuetext", said);
      values.replaceChildren(
        "Prevalence ",
        element("b", {}, said),
        first && last
          ? `: of use to whoever acts from a probability between ${precise(first.threshold)} and ${
            precise(last.threshold)
          } on`
          : ": acting on all images, or on none, is as good at any threshold",
      );
    }

    body.replaceChildren(element(
      "div",
      { className: "columns" },
      plot,
      element(
        "div",
        {},
        element("label", { for: "prevalence" }, "Prevalence where it is used"),
        slider,
        values,
        element(
          "p",
          { className: "soft" },
          "Findings found less false alarms, each at the threshold's odds, as a part of what a perfect test is worth. Of use " +
            "where the line is above both others: acting on all images (dashed) and on none (dotted). Chance is not told here: " +
            "the report has intervals.",
        ),
      ),
    ));
    refresh();
  }

  return {
    element: panel,
    show(finding) {
      if (finding === shown) return;
      shown = finding;
      make(finding);
    },
  };
}

function placeOf(threshold: number): number {
  return SIDE * Math.log(threshold / 0.005) / Math.log(0.8 / 0.005);
}

function heightOf(netBenefit: number): number {
  return SIDE * (1 - (Math.max(LOWEST, netBenefit) - LOWEST) / (1 - LOWEST));
}

/** A probability in per cent with two digits: frequencies of rare findings are below 1 %. */
function precise(value: number): string {
  return `${Number((100 * value).toPrecision(2))} %`;
}
