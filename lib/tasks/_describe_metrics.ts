import type { LabelMetrics, Metrics } from "../evaluation/metrics.ts";
import { between, counted, decimals } from "../support/decimals.ts";

/** A table of AUC and average precision by label, with intervals and notes, the mean below it, and how to read it. */
export function describeMetrics(
  { labels, summary, averagePrecision, intervals, weighting, unweighted }: Metrics,
): string {
  const interval = `${100 * intervals.level} % interval`;
  const rows = [
    ["", "positives", "AUC", interval, "average precision", interval, ""],
    ...labels.map((label) => [
      label.name,
      String(label.positives),
      decimals(label.auc),
      between(label.aucInterval),
      decimals(label.averagePrecision),
      between(label.averagePrecisionInterval),
      label.note ?? "",
    ]),
    [
      meanOf(summary.defined, labels.length),
      "",
      decimals(summary.mean),
      between(summary.meanInterval),
      decimals(averagePrecision.mean),
      between(averagePrecision.meanInterval),
      "",
    ],
  ];
  return [
    alignColumns(rows),
    "",
    "Intervals are by patient (DeLong's variance for patients with several images).",
    ...withoutInterval(labels),
    ...(weighting && unweighted
      ? [
        `Weighted: ${counted(weighting.images)} images with no finding count ${
          short(weighting.highest)
        } times each, for those that were left out; unweighted, the mean AUC is ${
          decimals(unweighted.summary.mean)
        }.`,
      ]
      : []),
  ].join("\n");
}

function withoutInterval(labels: readonly LabelMetrics[]): string[] {
  return labels.some(({ auc, aucInterval }) => auc !== null && aucInterval === null)
    ? [
      "No interval: fewer than three patients have the finding, or have it not, so nothing tells how far the figure strays.",
    ]
    : [];
}

/** Over how many labels a mean is, such as `mean of 14` or `mean over 1 of 14 labels`. */
export function meanOf(defined: number, labels: number): string {
  return defined === labels ? `mean of ${labels}` : `mean over ${defined} of ${labels} labels`;
}

/** How few of something there are, such as `only 1 positive`. */
export function onlyOf(count: number, of: string): string {
  return count === 0 ? `no ${of}s` : `only ${count} ${of}${count === 1 ? "" : "s"}`;
}

function short(value: number): string {
  return String(Number(value.toPrecision(4)));
}

/** Sets cells under each other: the first column to the left, the others to the right. */
export function alignColumns(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map(([name, ...cells]) =>
    [name!.padEnd(widths[0]!), ...cells.map((cell, i) => cell.padStart(widths[i + 1]!))].join("  ").trimEnd()
  ).join("\n");
}
