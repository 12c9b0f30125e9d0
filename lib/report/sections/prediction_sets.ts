import { findingTitle } from "../../dataset/finding_title.ts";
import { abstentionFigure } from "../../plots/abstention.ts";
import { proportion } from "../../plots/_shares.ts";
import type { ReportContent } from "../content.ts";
import { notesOf, type Section } from "../page.ts";
import { predictionSetsInWords, present } from "../sentences.ts";

/** The level of which the table tells. */
const SHOWN = 0.9;

/** Conformal sets by finding, and the abstention curve; null without a validation set. */
export function predictionSetsSection({ metrics }: ReportContent): Section | null {
  const labels = metrics.labels.flatMap(({ name, positives, conformal }) =>
    conformal === null ? [] : [{ name, positives, ...conformal }]
  ).toSorted((a, b) => b.positives - a.positives);
  if (labels.length === 0) return null;
  return {
    title: "Prediction sets",
    howToRead:
      "For each image and finding a set of answers: present, absent, both where the network cannot tell, none where the " +
      "image is like neither. At a level of 90 % the true answer is in the set of nine in ten images that have the " +
      "finding, and of nine in ten that have not, whatever the network is worth; a better network says both less often. " +
      "That holds for new patients like those of the validation set, on whom the limits were set.",
    blocks: [
      {
        figure: abstentionFigure(labels.map(({ name, sets }) => ({
          label: name,
          points: sets.map(({ level, both, neither, missed, falseAlarms }) => ({
            level,
            abstained: (both?.value ?? 0) + (neither?.value ?? 0),
            missed: missed?.value ?? null,
            falseAlarms: falseAlarms?.value ?? null,
          })),
        }))),
      },
      ...notesOf(present(predictionSetsInWords(metrics, SHOWN))),
      {
        caption: `Sets at a level of ${100 * SHOWN} %`,
        folded: true,
        table: {
          columns: [
            "Finding",
            "Validation patients with, without",
            "Covered, with the finding",
            "Covered, without",
            "Both",
            "Neither",
            "Missed, of the decided",
            "False alarms, of the decided",
          ],
          rows: labels.map(({ name, patients, sets }) => {
            const own = sets.find(({ level }) => level === SHOWN)!;
            return [
              findingTitle(name),
              `${patients.present}, ${patients.absent}`,
              proportion(own.coveredPositives),
              proportion(own.coveredNegatives),
              proportion(own.both),
              proportion(own.neither),
              proportion(own.missed),
              proportion(own.falseAlarms),
            ];
          }),
        },
      },
    ],
  };
}
