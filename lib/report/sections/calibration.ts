import type { LabelMetrics } from "../../evaluation/metrics.ts";
import type { CalibrationMethod } from "../../evaluation/recalibration.ts";
import { reliabilityFigure } from "../../plots/reliability.ts";
import { findingTitle } from "../../dataset/finding_title.ts";
import { between, decimals } from "../../support/decimals.ts";
import type { ReportContent } from "../content.ts";
import { notesOf, type Section } from "../page.ts";
import { calibrationInWords, present } from "../sentences.ts";
import type { Table } from "../table.ts";

type CalibrationError = "expectedCalibrationError" | "brier";

/**
 * How far scores are from probabilities, raw and after each remedy; the reliability of the label with most positives is
 * drawn. Null where no score may be a probability.
 */
export function calibrationSection({ metrics }: ReportContent): Section | null {
  const labels = metrics.labels.filter((label) => methodsOf(label).length > 0)
    .toSorted((a, b) => b.positives - a.positives);
  const [first] = labels;
  if (first === undefined) return null;
  const methods = [...new Set(labels.flatMap(methodsOf))];
  const table = (error: CalibrationError): Table => ({
    columns: ["Finding", ...methods, `95 % interval of ${methods[0]}`],
    rows: labels.map((label) => [
      findingTitle(label.name),
      ...methods.map((method) => decimals(label.calibration[method]?.[error] ?? null)),
      between(label[`${error}Interval`]),
    ]),
  });
  const curves = methodsOf(first).map((name) => ({ name, bins: first.calibration[name]!.reliability }));
  return {
    title: "Calibration",
    howToRead:
      "A score is a probability only if, of the images with score 0.3, 30 % have the finding: the diagonal. " +
      (methods.includes("unweighted")
        ? "The weighted loss counts the rare positives for more; unweighted turns that back by the loss' own weights. "
        : "") +
      "Temperature, Platt and isotonic are fitted on the validation set. A click in the legend shows or " +
      "hides a curve.",
    blocks: [
      ...notesOf(present(calibrationInWords(metrics))),
      { figure: reliabilityFigure(curves, { title: `${findingTitle(first.name)}: reliability` }) },
      {
        table: table("expectedCalibrationError"),
        caption: "Expected calibration error: the mean distance from the diagonal; lower is better",
      },
      {
        table: table("brier"),
        caption: "Brier score: the mean squared error; lower is better",
        folded: true,
      },
    ],
  };
}

/** The methods that gave the label a calibration. */
function methodsOf({ calibration }: LabelMetrics): CalibrationMethod[] {
  return (Object.keys(calibration) as CalibrationMethod[]).filter((method) => calibration[method] !== null);
}
