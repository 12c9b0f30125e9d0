/// <reference lib="dom" />
import type { FindingScale } from "../../evaluation/finding_scale.ts";
import { applyPlatt } from "../../evaluation/platt.ts";
import type { PageScale } from "../page_data.ts";
import { button, element, svgElement } from "./dom.ts";
import { type OperatingPoints, operatingPoints, pointOf } from "./operating_point.ts";
import { plotFrame, SIDE } from "./plot_frame.ts";
import { countOf, findingTitle, roughPercent } from "./words.ts";
import { counted } from "../../support/decimals.ts";

/** The ROC curve and the threshold of the chosen finding. */
export interface ThresholdPanel {
  element: HTMLElement;
  /**
   * Shows a finding.
   *
   * @param above How many of the page's images are at its threshold or above it, of how many.
   */
  show(finding: string, above: { count: number; of: number }): void;
}

/** Makes the panel; moving the threshold changes the scale. */
export function makeThresholdPanel(
  scales: readonly FindingScale[],
  { stored, onChange }: { stored: readonly PageScale[]; onChange: (finding: string) => void },
): ThresholdPanel {
  const points = new Map(stored.map((scale) => [scale.finding, operatingPoints(scale)]));
  const given = new Map(scales.map(({ finding, threshold }) => [finding, threshold]));
  const panel = element("section", { className: "threshold", "aria-label": "Threshold" });
  let shown: string | null = null;
  let parts: ReturnType<typeof makeParts> | null = null;

  function makeParts(finding: string, found: OperatingPoints) {
    const scale = scales.find((scale) => scale.finding === finding)!;
    const { auc, positives, negatives } = stored.find((scale) => scale.finding === finding)!;
    const dot = svgElement("circle", { r: 3, class: "point" });
    const curve = Array.from(
      found.thresholds,
      (_, i) => `${SIDE * (1 - found.specificity[i]!)},${SIDE * (1 - found.sensitivity[i]!)}`,
    );
    const plot = plotFrame(
      `ROC curve of ${findingTitle(finding)}, AUC ${auc === null ? "undefined" : auc.toFixed(3)}`,
      { x: "1 − specificity", xAt: 114, y: "Sensitivity" },
      svgElement("line", { x1: 0, y1: SIDE, x2: SIDE, y2: 0, class: "chance" }),
      svgElement("polyline", { points: curve.join(" "), class: "curve" }),
      dot,
    );
    const slider = element("input", {
      type: "range",
      id: "threshold",
      min: "0",
      max: String(found.thresholds.length - 1),
      oninput: () => {
        scale.threshold = found.thresholds[Number(slider.value)]!;
        onChange(finding);
      },
    });
    const back = button("As the run chose it", () => {
      scale.threshold = given.get(finding)!;
      onChange(finding);
    });
    const values = element("p", { className: "values", "aria-live": "polite" });
    const nodes = [
      element("h3", {}, `${findingTitle(finding)} `, element("small", {}, `AUC ${auc?.toFixed(3) ?? "–"}`)),
      element(
        "div",
        { className: "columns" },
        plot,
        element(
          "div",
          {},
          element("label", { for: "threshold" }, "Threshold, from never to always"),
          slider,
          values,
          back,
          element(
            "p",
            { className: "soft" },
            `On ${countOf(positives + negatives, "validation image")}, ${
              counted(positives)
            } of them with it.`,
          ),
        ),
      ),
    ];
    return { scale, found, dot, slider, values, back, nodes };
  }

  return {
    element: panel,
    show(finding, { count, of }) {
      const found = points.get(finding)!;
      const scale = scales.find((scale) => scale.finding === finding)!;
      if (found === null || scale.platt === null) {
        shown = finding;
        panel.replaceChildren(
          element("h3", {}, findingTitle(finding)),
          element("p", { className: "soft" }, `Nothing can be said of it: ${scale.reason}.`),
        );
        return;
      }
      if (shown !== finding || parts === null) {
        parts = makeParts(finding, found);
        panel.replaceChildren(...parts.nodes);
        shown = finding;
      }
      const point = pointOf(scale, found);
      const { dot, slider, values, back } = parts;
      slider.value = String(point);
      dot.setAttribute("cx", String(SIDE * (1 - found.specificity[point]!)));
      dot.setAttribute("cy", String(SIDE * (1 - found.sensitivity[point]!)));
      const threshold = found.thresholds[point]!;
      const probability = threshold === Infinity ? "never" : roughPercent(applyPlatt(scale.platt, threshold));
      slider.setAttribute("aria-valuetext", probability);
      back.hidden = scale.threshold === given.get(finding);
      values.replaceChildren(
        element("b", {}, probability),
        `: sensitivity ${roughPercent(found.sensitivity[point]!)}, specificity ${
          roughPercent(found.specificity[point]!)
        }`,
        ...(of === 0 ? [] : [`; ${counted(count)} of your ${countOf(of)}`]),
      );
    },
  };
}
