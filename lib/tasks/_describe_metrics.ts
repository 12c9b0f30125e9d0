import type { Interval } from "../evaluation/interval.ts";
import type { Metrics } from "../evaluation/metrics.ts";

/** A table of AUC and average precision by label, with intervals, and the mean below it. */
export function describeMetrics({ labels, summary, averagePrecision, intervals }: Metrics): string {
  const rows = [
    ["", "positives", "AUC", "", "average precision", ""],
    ...labels.map((label) => [
      label.name,
      String(label.positives),
      decimals(label.auc),
      label.auc === null ? label.note ?? "" : between(label.aucInterval),
      decimals(label.averagePrecision),
      between(label.averagePrecisionInterval),
    ]),
    [
      "mean",
      "",
      decimals(summary.mean),
      between(summary.meanInterval),
      decimals(averagePrecision.mean),
      between(averagePrecision.meanInterval),
    ],
  ];
  return [
    alignColumns(rows),
    "",
    `Intervals hold the true value with ${100 * intervals.level} % (bootstrap over patients).`,
  ].join("\n");
}

/** An AUC or the like as papers write it: `.705`, or `-` where it is undefined. */
export function decimals(value: number | null): string {
  return value === null ? "-" : value.toFixed(3).replace(/^(-?)0/, "$1");
}

/** An interval as `.68 to .73`; nothing where there is none. */
export function between(interval: Interval | null): string {
  return interval === null ? "" : `${decimals(interval.low)} to ${decimals(interval.high)}`;
}

/** Sets cells under each other: the first column to the left, the others to the right. */
export function alignColumns(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map(([name, ...cells]) =>
    [name!.padEnd(widths[0]!), ...cells.map((cell, i) => cell.padStart(widths[i + 1]!))].join("  ").trimEnd()
  ).join("\n");
}
