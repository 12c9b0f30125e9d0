import { isNormal } from "../dataset/entry.ts";
import { countLabels } from "../dataset/label_counts.ts";
import { NO_FINDING } from "../dataset/nih_findings.ts";
import { makeSplit, type SplitKind, type Undersampled } from "../dataset/make_split.ts";
import { openDataSet } from "../dataset/open_data_set.ts";
import { sharedPatients } from "../dataset/shared_patients.ts";
import { type Split, SUBSETS } from "../dataset/split.ts";
import { splitCsvPieces } from "../dataset/split_file.ts";
import { openOutput } from "../support/outputs.ts";
import { defineTask, overwriteOption, pathOption, runTask, seedOption } from "./_command.ts";
import { addDataOptions, type DataFlags, nihUnlessGiven, showNotes, sourceOf } from "./_data_options.ts";
import { addSplitOptions, refuseIdle } from "./_split_options.ts";
import { printable } from "../support/printable.ts";
import { counted, countedShare } from "../support/decimals.ts";

interface SplitFlags extends DataFlags {
  split: SplitKind;
  out: string;
  lists?: string;
  keepNormal: number;
  undersample: Undersampled;
  drawNormal?: true;
  stratify?: boolean;
  testFraction?: number;
  validationFraction?: number;
  seed: number;
  overwrite?: boolean;
}

const split = addSplitOptions(
  addDataOptions(
    defineTask("split", {
      description:
        "Divides images into a training, a validation and a test set, writes them as a CSV file with the columns " +
        "image, patient and set, and prints what each set holds. Reads metadata only: no image is needed.",
      examples: [
        [
          "deno task split --split original --undersample all --keep-normal 0.2 --out split.csv",
          "the original notebook's very sets: all three are undersampled, and patients leak",
        ],
        [
          "deno task split --split official --lists DIR --out split.csv",
          "the split of published results: all images, and the NIH's lists from a folder",
        ],
        ["deno task split --data DIR --out split.csv", "a data set of your own, by patient"],
      ],
    }),
    { data: "the folder of a data set (default: the metadata of all 112,120 NIH images)" },
  ),
  { split: "patient", keepNormal: 1, undersample: "training" },
)
  .addOption(
    pathOption("--out <file>", { description: "the CSV file to write", ending: ".csv" })
      .makeOptionMandatory(),
  )
  .option("--draw-normal", "draw those that stay at random instead of taking every fifth or so")
  .addOption(seedOption({
    description: "the same seed gives the same split",
    default: 0,
  }))
  .addOption(overwriteOption())
  .action(async (flags: SplitFlags) => {
    const { keepNormal: _keep, undersample: _where, ...own } = flags;
    refuseIdle(own, { kind: flags.split });
    const dataSet = await openDataSet(nihUnlessGiven(sourceOf(flags)));
    showNotes(dataSet.notes);
    const { split: kind, lists = null, keepNormal, drawNormal = false, undersample, seed } = flags;
    const { testFraction: test, validationFraction: validation, stratify = false } = flags;
    const sizes = {
      ...(test === undefined ? {} : { test }),
      ...(validation === undefined ? {} : { validation }),
    };
    const sets = await makeSplit(dataSet, {
      ...sizes,
      ...{ kind, seed, lists, keepNormal, drawNormal, undersample, stratify },
    });
    const { out, overwrite = false } = flags;
    {
      await using draft = await openOutput(out, { overwrite });
      for (const piece of splitCsvPieces(sets)) await draft.write(piece);
      await draft.commit();
    }
    const kept = SUBSETS.reduce((sum, subset) => sum + sets[subset].length, 0);
    const dropped = dataSet.entries.length - kept;
    console.log(describeSplit(sets, { findings: dataSet.findings, dropped, undersampled: undersample }));
    console.log(`Written to ${printable(out)}`);
  });

/** A table of images, patients and labels by set, and below it how many images share a patient between sets. */
export function describeSplit(
  sets: Split,
  { findings, dropped, undersampled }: {
    findings: readonly string[];
    dropped: number;
    undersampled: Undersampled;
  },
): string {
  const all = SUBSETS.map((subset) => sets[subset]);
  const counts = all.map((entries) => countLabels(entries, findings));
  const rows = [
    ["", ...SUBSETS],
    ["images", ...all.map(({ length }) => counted(length))],
    ["patients", ...all.map((entries) => counted(new Set(entries.map(({ patient }) => patient)).size))],
    [
      NO_FINDING,
      ...all.map((entries) => countedShare(entries.filter(isNormal).length, entries.length)),
    ],
    ...counts[0]!.map(({ label }, index) => [
      label,
      ...counts.map((count, i) => countedShare(count[index]!.positives, all[i]!.length)),
    ]),
  ];
  const { testWithTraining, testWithValidation, validationWithTraining } = sharedPatients(sets);
  const { validation, test } = sets;
  return [
    table(rows),
    "",
    `${counted(dropped)} images with no finding were left out, ${
      undersampled === "training" ? "all of them of the training set" : "of all three sets"
    }.`,
    `Test images whose patient is in training: ${
      countedShare(testWithTraining, test.length)
    }; in validation: ` +
    `${countedShare(testWithValidation, test.length)}.`,
    `Validation images whose patient is in training: ${
      countedShare(validationWithTraining, validation.length)
    }.`,
  ].join("\n");
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map(([name, ...cells]) =>
    name!.padEnd(widths[0]!) + cells.map((cell, index) => cell.padStart(widths[index + 1]! + 3)).join("")
  ).join("\n");
}

if (import.meta.main) await runTask(split);
