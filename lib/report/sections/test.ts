import { isNihFinding } from "../../dataset/nih_findings.ts";
import type { LabelMetrics, Metrics } from "../../evaluation/metrics.ts";
import { aucByLabelFigure } from "../../plots/auc_by_label.ts";
import { findingTitle } from "../../dataset/finding_title.ts";
import { between, decimals, signedDecimals } from "../../support/decimals.ts";
import type { ReportContent } from "../content.ts";
import { ORIGINAL_NOTEBOOK } from "../literature.ts";
import { notesOf, type Section } from "../page.ts";
import { intervalsInWords, present, weightingInWords, withInterval } from "../sentences.ts";

/** A label's figures beside its unweighted AUC and the original notebook's, where there are such. */
interface Row extends LabelMetrics {
  unweighted: number | null | undefined;
  original: number | undefined;
}

/** A column of the table: its cell for each label, and in the last row for their mean. */
interface Column {
  name: string;
  shown: boolean;
  cell: (row: Row) => string | number | null;
  mean: string;
}

/** The AUC and average precision of each label, with intervals. */
export function testSection({ metrics, comparability }: ReportContent): Section {
  const beside = comparability?.testSet === "original";
  const rows = metrics.labels.map((label, i): Row => ({
    ...label,
    unweighted: metrics.unweighted?.labels[i]?.auc,
    original: beside && isNihFinding(label.name) ? ORIGINAL_NOTEBOOK.auc[label.name] : undefined,
  }));
  const shown = columnsOf(rows, metrics).filter((column) => column.shown);
  return {
    title: "Test",
    howToRead:
      "The AUC is the chance that an image with the finding gets a higher score than one without: 0.5 is " +
      "guessing, 1 perfect. The fewer positive images, the wider the interval.",
    blocks: [
      {
        figure: aucByLabelFigure(rows.map(({ name, auc, aucInterval, original = null }) => ({
          label: name,
          auc,
          interval: aucInterval,
          ...(beside ? { original } : {}),
        }))),
      },
      {
        table: {
          columns: shown.map(({ name }) => name),
          rows: [...rows.map((row) => shown.map(({ cell }) => cell(row))), shown.map(({ mean }) => mean)],
        },
      },
      ...notesOf([
        `The median AUC is ${decimals(metrics.summary.median)}.`,
        ...present(intervalsInWords(metrics), weightingInWords(metrics)),
        ...(rows.some(({ note }) => note !== null)
          ? ["* Few images with or without the finding: see the interval, or that there is none (-)."]
          : []),
        ...rows.filter(({ auc }) => auc === null).map(({ name, note }) =>
          `${findingTitle(name)}: no AUC (-)${note === null ? "" : `, because ${note}`}.`
        ),
        ...(rows.some(({ original }) => original !== undefined)
          ? [
            "The original notebook was tested on the same images" +
            (metrics.unweighted === null
              ? ". "
              : ", of which each stood for itself; so the difference is that of the unweighted AUC. ") +
            "Its interval is not known, but as wide as this one at least.",
          ]
          : []),
      ]),
    ],
  };
}

function columnsOf(rows: readonly Row[], { summary, unweighted }: Metrics): Column[] {
  const withOriginal = rows.some(({ original }) => original !== undefined);
  return [
    {
      name: "Finding",
      shown: true,
      cell: ({ name, note }) => findingTitle(name) + (note === null ? "" : "\u00a0*"),
      mean: "Mean",
    },
    { name: "Positive", shown: true, cell: ({ positives }) => positives, mean: "" },
    { name: "Negative", shown: true, cell: ({ negatives }) => negatives, mean: "" },
    { name: "AUC", shown: true, cell: ({ auc }) => decimals(auc), mean: decimals(summary.mean) },
    {
      name: "95 % interval",
      shown: rows.some(({ aucInterval }) => aucInterval !== null),
      cell: ({ aucInterval }) => between(aucInterval),
      mean: between(summary.meanInterval),
    },
    {
      name: "Unweighted AUC",
      shown: unweighted !== null,
      cell: ({ unweighted = null }) => decimals(unweighted),
      mean: decimals(unweighted?.summary.mean ?? null),
    },
    {
      name: "Average precision",
      shown: true,
      cell: ({ averagePrecision, averagePrecisionInterval }) =>
        withInterval(averagePrecision, averagePrecisionInterval),
      mean: "",
    },
    {
      name: "Original",
      shown: withOriginal,
      cell: ({ original = null }) => decimals(original),
      mean: decimals(ORIGINAL_NOTEBOOK.meanAuc),
    },
    {
      name: "Difference",
      shown: withOriginal,
      cell: ({ auc, unweighted = auc, original }) => difference(unweighted, original),
      mean: difference((unweighted?.summary ?? summary).mean, ORIGINAL_NOTEBOOK.meanAuc),
    },
  ];
}

function difference(auc: number | null, original: number | undefined): string {
  return signedDecimals(auc === null || original === undefined ? null : auc - original);
}
