import { existsSync } from "node:fs";
import { basename } from "node:path";
import type { Entry } from "../dataset/entry.ts";
import { findingTitle } from "../dataset/finding_title.ts";
import { openDataSet } from "../dataset/open_data_set.ts";
import { RADIOLOGIST_FINDINGS, UNMAPPED } from "../dataset/radiologist_findings.ts";
import {
  type RadiologistLabels,
  type RadiologistSet,
  readRadiologistLabels,
} from "../dataset/radiologist_labels.ts";
import { readAnyPredictions } from "../evaluation/external_predictions.ts";
import {
  type AucOnBothLabels,
  aucOnBothLabels,
  type LabelAgreement,
  labelAgreement,
} from "../evaluation/label_audit.ts";
import type { Predictions } from "../evaluation/predictions.ts";
import { between, counted, decimals, percent, signedDecimals } from "../support/decimals.ts";
import { InputError } from "../support/input_error.ts";
import { checkWritable, writeOutput } from "../support/outputs.ts";
import { printable } from "../support/printable.ts";
import { NIH_RADIOLOGISTS } from "../support/project.ts";
import { choiceOption, defineTask, overwriteOption, pathOption, runTask, warn } from "./_command.ts";
import { nihUnlessGiven, sourceOf } from "./_data_options.ts";
import { describeColumns } from "./_describe_columns.ts";
import { alignColumns } from "./_describe_metrics.ts";
import { readScoredRun } from "./_scored_run.ts";

interface AuditFlags {
  set: RadiologistSet;
  run?: string;
  predictions?: string;
  columns?: string;
  out?: string;
  overwrite?: boolean;
}

const auditLabels = defineTask("audit-labels", {
  description:
    "Sets the NIH's labels beside what three radiologists agreed on for 4,376 of the images (Majkowska and others, 2020): " +
    "how often a label is right (positive predictive value), how often a finding that they see is labelled (sensitivity), " +
    "and Cohen's kappa, with intervals by patient. With a run or predictions, the AUC by either ground truth and the " +
    "difference. Reads metadata only: no image is needed.",
  examples: [
    ["deno task audit-labels", "the labels alone"],
    [
      "deno task audit-labels --run data/runs/nih-1 --out audit.json",
      "a run's test set by both ground truths",
    ],
    ["deno task audit-labels --predictions scores.csv", "any model's scores, in a CSV as for metrics"],
  ],
})
  .addOption(choiceOption("--set <which>", {
    description:
      "which of the radiologists' images: their test set (1,962), their validation set (2,414), or all",
    choices: ["test", "validation", "all"],
    default: "all",
  }))
  .addOption(pathOption("--run <dir>", {
    description: "a run that has ended, or an evaluation of one",
    exists: "folder",
  }))
  .addOption(
    pathOption("--predictions <file>", { description: "scores of any model: a CSV file", exists: "file" }),
  )
  .option(
    "--columns <form>",
    "how its columns of scores are named, as in LABEL_prob (default: told from all names)",
  )
  .addOption(pathOption("--out <file>", { description: "a JSON file for the figures", ending: ".json" }))
  .addOption(overwriteOption())
  .action(async ({ set, run, predictions: file, columns, out, overwrite = false }: AuditFlags) => {
    if (run !== undefined && file !== undefined) {
      throw new InputError("--run and --predictions: give one of them");
    }
    const writing = { overwrite, inputs: file === undefined ? [] : [file] };
    if (out !== undefined) await checkWritable(out, writing);
    const { entries, findings } = await openDataSet(nihUnlessGiven(sourceOf({})));
    if (!existsSync(NIH_RADIOLOGISTS)) {
      throw new InputError(`${NIH_RADIOLOGISTS} is missing: deno task setup puts it there`);
    }
    const radiologists = await readRadiologistLabels(NIH_RADIOLOGISTS, { set });
    let predictions: Predictions | null = null;
    if (run !== undefined) {
      const scored = await readScoredRun(run);
      scored.notes.forEach(warn);
      predictions = scored.predictions;
    }
    if (file !== undefined) {
      const read = await readAnyPredictions(file, { entries, findings, columns });
      console.log(`${describeColumns(file, read)}\n`);
      predictions = read.predictions;
    }
    const aucs = predictions && aucOnBothLabels(radiologists, predictions, { entries });
    if (aucs && aucs[0]!.images === 0) {
      throw new InputError(
        `${run ?? file}: none of its ${counted(predictions!.images.length)} images is among the ` +
          `${counted(radiologists.length)} that the radiologists labelled`,
      );
    }
    const agreement = labelAgreement(radiologists, entries);
    console.log(describeAgreement(agreement, { set, entries, radiologists }));
    if (aucs) console.log(`\n${describeAucs(aucs, basename(run ?? file!))}`);
    if (out === undefined) return;
    const audit = { set, mapping: RADIOLOGIST_FINDINGS, unmapped: UNMAPPED, agreement, auc: aucs };
    await writeOutput(out, JSON.stringify(audit, null, 1) + "\n", writing);
    console.log(`\nWritten to ${printable(out)}`);
  });

const SETS: Readonly<Record<RadiologistSet, string>> = {
  test: "their test set",
  validation: "their validation set",
  all: "their test and validation sets",
};

/** Tables of how far labels agree with radiologists, with the mapping and its doubts below. */
function describeAgreement(
  agreement: readonly LabelAgreement[],
  { set, entries, radiologists }: {
    set: RadiologistSet;
    entries: readonly Entry[];
    radiologists: readonly RadiologistLabels[];
  },
): string {
  const { images, patients } = agreement[0]!;
  const figure = (value: { value: number; low: number; high: number } | null) =>
    value === null ? "-" : `${decimals(value.value)} (${between(value)})`;
  const rows = agreement.map(({ finding, byRadiologists, byLabels, both, ...figures }) => [
    finding,
    ...[byRadiologists, byLabels, both].map((count) => counted(count)),
    ...[figures.predictiveValue, figures.sensitivity, figures.specificity, figures.kappa].map(figure),
  ]);
  const alone = agreement.filter(({ labels }) => labels.length > 1).flatMap(({ finding, labels }) =>
    labels.map(({ label, images, predictiveValue }) => [
      `${findingTitle(label)} (${finding.toLowerCase()})`,
      counted(images),
      figure(predictiveValue),
    ])
  );
  const chosen = new Set(radiologists.map(({ image }) => image));
  const frequencies = agreement.map(({ finding, byLabels, images }) => {
    const { labels }: { labels: readonly string[] } = RADIOLOGIST_FINDINGS[finding];
    const others = entries.filter(({ image }) => !chosen.has(image));
    const labelled = others.filter((entry) => entry.labels.some((label) => labels.includes(label))).length;
    return `${finding} ${percent(byLabels / images)} and ${percent(labelled / others.length)}`;
  });
  return [
    `${counted(images)} images of ${counted(patients)} patients (${SETS[set]}); "seen" is by the ` +
    "radiologists, intervals are of 95 %, by patient.",
    "",
    alignColumns([
      ["", "seen", "labelled", "both", "PPV", "sensitivity", "specificity", "kappa"],
      ...rows,
    ]),
    "",
    "Each label alone: in how many of its images they see the finding.",
    alignColumns([["", "labelled", "PPV"], ...alone]),
    "",
    "Labels that stand for a finding, and doubts:",
    ...agreement.map(({ finding }) => {
      const { labels, doubt } = RADIOLOGIST_FINDINGS[finding];
      return `  ${finding}: ${labels.map(findingTitle).join(" or ")}. ${doubt}`;
    }),
    `  ${UNMAPPED}`,
    "  Labels were read from reports, which rest on more than the image; the radiologists saw the image alone.",
    `  PPV and kappa change with how frequent a finding is. Labelled in these images and in all others: ${
      frequencies.join("; ")
    }.`,
  ].join("\n");
}

function describeAucs(aucs: readonly AucOnBothLabels[], name: string): string {
  const rows = aucs.map((own) => [
    own.finding,
    [own.positives.labels, own.positives.radiologists].map((count) => counted(count)).join(
      " and ",
    ),
    decimals(own.byLabels),
    decimals(own.byRadiologists),
    signedDecimals(own.difference),
    between(own.interval),
    own.labels.length === 0 ? "no scores" : own.labels.map(findingTitle).join(", "),
  ]);
  return [
    `AUC of ${printable(name)} on the ${
      counted(aucs[0]!.images)
    } of these images that it scored; a finding's ` +
    "score is the highest of its labels'.",
    alignColumns([
      ["", "positives", "by labels", "by radiologists", "difference", "95 % interval", "scores of"],
      ...rows,
    ]),
    "The interval is of the difference, by DeLong's method for patients with several images.",
  ].join("\n");
}

if (import.meta.main) await runTask(auditLabels);
