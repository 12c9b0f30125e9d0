import { countLabels, type LabelCount } from "../../dataset/label_counts.ts";
import { isNormal } from "../../dataset/entry.ts";
import { SUBSETS } from "../../dataset/split.ts";
import { labelCountsFigure } from "../../plots/label_counts.ts";
import { findingTitle } from "../../dataset/finding_title.ts";
import type { ReportContent } from "../content.ts";
import { notesOf, type Section } from "../page.ts";
import { counted } from "../../support/decimals.ts";

/** The images of each set by finding; null without a run. */
export function dataSection({ run }: ReportContent): Section | null {
  if (run === undefined) return null;
  const { data, split, test: { labels } } = run;
  const sets = SUBSETS.map((name) => ({
    name,
    images: split[name].length,
    patients: data.hasPatients ? new Set(split[name].map(({ patient }) => patient)).size : null,
    counts: countLabels(split[name], labels),
    normal: split[name].filter(isNormal).length,
  }));
  return {
    title: "Data",
    howToRead: "An image can have several findings, so the bars add up to more than the images. " +
      "The network learns from the training set, the epoch is chosen on the validation set, and the test set is used once.",
    blocks: [
      { figure: labelCountsFigure(sets) },
      {
        table: {
          columns: ["Finding", ...SUBSETS],
          rows: [
            ["Images", ...sets.map(({ images }) => images)],
            ["Patients", ...sets.map(({ patients }) => patients ?? "not known")],
            ["No finding", ...sets.map(({ normal }) => normal)],
            ...labels.map((label, i) => [
              findingTitle(label),
              ...sets.map(({ counts }) => positivesOf(counts[i]!)),
            ]),
          ],
        },
      },
      ...notesOf(data.notes),
    ],
  };
}

/** The images that have a finding, and of how many it is not known where there are such. */
function positivesOf({ positives, unknown }: LabelCount): number | string {
  return unknown === 0 ? positives : `${counted(positives)} (unknown: ${counted(unknown)})`;
}
