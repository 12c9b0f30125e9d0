import { basename } from "node:path";
import { findingTitle } from "../dataset/finding_title.ts";
import type { CrossValidatedLabel, CrossValidation } from "../evaluation/cross_validation.ts";
import { FEW } from "../evaluation/evaluators/counts.ts";
import { smallNumbersInWords } from "./sentences.ts";
import { aucByLabelFigure } from "../plots/auc_by_label.ts";
import { between, counted, decimals } from "../support/decimals.ts";
import type { Settings } from "../training/settings.ts";
import { pageHtml } from "./page.ts";
import type { Table } from "./table.ts";

/** A cross-validation to be shown. */
export interface ShownCrossValidation {
  /** Its folder. */
  dir: string;
  /** What all its runs have in common. */
  settings: Settings;
  /** Whether they were trained on phantom images. */
  phantom: boolean;
  results: CrossValidation;
}

/** The AUCs of a cross-validation, a row a label, with those of each fold. */
export function crossValidationTable({ labels, folds, mean, meanInterval }: CrossValidation): Table {
  return {
    columns: ["Finding", "Positive", "AUC", "95 % interval", ...folds.map((_, i) => `Fold ${i + 1}`)],
    rows: [
      ...labels.map(({ name, positives, auc, interval, folds }) => [
        findingTitle(name),
        positives,
        decimals(auc),
        between(interval),
        ...folds.map(decimals),
      ]),
      [
        `Mean of ${definedOf(labels)}`,
        "",
        decimals(mean),
        between(meanInterval),
        ...folds.map((fold) => decimals(fold.mean)),
      ],
    ],
  };
}

/** Of how many labels a mean is: `14`, or `8 of 14` where the others have no AUC. */
function definedOf(labels: readonly { auc: number | null }[]): string {
  const defined = labels.filter(({ auc }) => auc !== null).length;
  return defined === labels.length ? String(defined) : `${defined} of ${labels.length}`;
}

/** What the figures of a cross-validation are, and what they are not. */
export const CROSS_VALIDATION_IN_WORDS =
  "Each image is scored by the one network that was not trained on its patient. The AUC is over pairs of images of one " +
  "fold, since scores of two networks do not compare. Intervals are by patient and hold for these networks; what " +
  "another seed or other training images do is not in them.";

/** The text of a cross-validation's `report.html`. */
export function crossValidationHtml(
  { dir, settings, phantom, results }: ShownCrossValidation,
): Promise<string> {
  const { folds, labels, mean, meanInterval } = results;
  const means = folds.flatMap((fold) => fold.mean ?? []);
  const sum = (of: "images" | "patients") => folds.reduce((sum, fold) => sum + fold[of], 0);
  return pageHtml({
    title: `Cross-validation ${basename(dir)}`,
    lead:
      `${settings.network} at ${settings.imageSize}x${settings.imageSize}, trained ${folds.length} times, each time ` +
      "without a fold of the patients, on whose images it was then tested.",
    highlights: [
      {
        name: "Mean AUC within folds",
        value: decimals(mean),
        detail: `mean of ${definedOf(labels)} labels, ${
          meanInterval ? `95 % interval ${between(meanInterval)}` : "no interval"
        }`,
      },
      {
        name: "Lowest to highest fold",
        value: means.length === 0
          ? "-"
          : `${decimals(Math.min(...means))} to ${decimals(Math.max(...means))}`,
        detail: "mean AUC of a fold",
      },
      { name: "Images", value: counted(sum("images")), detail: `of ${counted(sum("patients"))} patients` },
    ],
    warnings: [
      ...(phantom
        ? ["Phantom images show that everything works; their AUCs say nothing about real radiographs."]
        : []),
      ...smallNumbers(labels),
    ],
    sections: [{
      title: "Findings",
      howToRead: CROSS_VALIDATION_IN_WORDS,
      blocks: [
        {
          figure: aucByLabelFigure(
            labels.map(({ name, auc, interval }) => ({ label: name, auc, interval })),
            { title: "AUC within folds by label", name: "All folds" },
          ),
        },
        { table: crossValidationTable(results) },
      ],
    }, {
      title: "Folds",
      howToRead:
        "A fold differs from the others by its patients and by chance in training. Its mean is over the labels that have " +
        "an AUC in it, so that means of different labels do not compare. Each fold has a report of its own.",
      blocks: [{
        table: {
          columns: ["Fold", "Images", "Patients", "Labels with an AUC", "Mean AUC"],
          rows: folds.map(({ images, patients, mean }, i) => [
            `Fold ${i + 1}`,
            images,
            patients,
            labels.filter(({ folds }) => folds[i] !== null).length,
            decimals(mean),
          ]),
        },
      }, {
        links: folds.map((_, i) => ({ text: `Report of fold ${i + 1}`, path: `fold-${i + 1}/report.html` })),
      }],
    }],
    footer: [
      "Made by Thorax. Figures are drawn by plotly.js (MIT), which is in this file; nothing is loaded from elsewhere.",
    ],
  });
}

function smallNumbers(labels: readonly CrossValidatedLabel[]): string[] {
  const few = labels.filter(({ positives, negatives }) => Math.min(positives, negatives) < FEW);
  if (few.length === 0) return [];
  const each = few.map(({ name, positives, negatives }) =>
    `${findingTitle(name)} ${positives < FEW ? `${positives} positive` : `${negatives} negative`}`
  ).join(", ");
  return [smallNumbersInWords(few.length, labels.length, each)];
}
