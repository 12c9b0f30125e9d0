import type { Confusion } from "../../evaluation/confusion.ts";
import type { OperatingPoint } from "../../evaluation/evaluators/operating_points.ts";
import { proportion } from "../../plots/_shares.ts";
import { findingTitle } from "../../dataset/finding_title.ts";
import type { ReportContent } from "../content.ts";
import { notesOf, type Section } from "../page.ts";
import { present, promisedSensitivityInWords } from "../sentences.ts";
import { counted } from "../../support/decimals.ts";

/** Thresholds of each rule, which other images chose, with what they do here; null where there are none. */
export function operatingPointsSection({ metrics }: ReportContent): Section | null {
  const points = metrics.labels.flatMap(({ name, operatingPoints }) =>
    operatingPoints.flatMap(({ rule, threshold, confusion }) =>
      confusion === null ? [] : [{ name, rule: describeRule(rule), threshold, confusion }]
    )
  );
  if (points.length === 0) return null;
  return {
    title: "Operating points",
    howToRead:
      "A threshold turns a score into a decision. Each was chosen on other images, those of the validation set or " +
      "whoever published the weights had, and applied to these. In brackets: 95 % intervals. The last column counts findings found (TP) and " +
      "missed (FN), false alarms (FP), and images rightly called negative (TN).",
    blocks: [
      ...notesOf(present(promisedSensitivityInWords(metrics))),
      ...[...Map.groupBy(points, ({ rule }) => rule)].map(([rule, points], i) => ({
        caption: `Threshold: ${rule}`,
        folded: i > 0,
        table: {
          columns: ["Finding", "Threshold", "Sensitivity", "Specificity", "Precision", "TP, FN, FP, TN"],
          rows: points.map(({ name, threshold, confusion }) => [
            findingTitle(name),
            threshold === null ? "none called" : threshold.toPrecision(3),
            proportion(confusion.sensitivity),
            proportion(confusion.specificity),
            proportion(confusion.precision),
            countsOf(confusion),
          ]),
        },
      })),
    ],
  };
}

function countsOf({ truePositives, falseNegatives, falsePositives, trueNegatives }: Confusion): string {
  return [truePositives, falseNegatives, falsePositives, trueNegatives]
    .map((images) => counted(Math.round(images))).join(", ");
}

/** A rule for thresholds in words. */
export function describeRule(rule: OperatingPoint["rule"]): string {
  switch (rule.rule) {
    case "given":
      return "as it came with the weights";
    case "youden":
      return "Youden's index";
    case "f1":
      return "best F1";
    case "sensitivity":
      return `sensitivity of ${rule.sensitivity}`;
    case "cost":
      return `a missed finding costs ${rule.costRatio} false alarms`;
  }
}
