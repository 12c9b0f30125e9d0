import { comparePredictions, type Comparison, type LabelDifference } from "../evaluation/compare.ts";
import { FEW } from "../evaluation/evaluators/counts.ts";
import { selectLabels } from "../evaluation/predictions.ts";
import { InputError } from "../support/input_error.ts";
import { ListOption } from "./_check_flags.ts";
import { anyPath, defineTask, integerOption, runTask, warn } from "./_command.ts";
import { between, counted, decimals, signedDecimals } from "../support/decimals.ts";
import { alignColumns, meanOf, onlyOf } from "./_describe_metrics.ts";
import { readScoredRun } from "./_scored_run.ts";

const compare = defineTask("compare", {
  description:
    "Compares the test AUCs of two runs, by label and their mean, with intervals and DeLong's test for patients who may " +
    "have several images. Holm's p-values allow for the number of labels. In the place of a run may stand an evaluation of " +
    "one (evaluation/NAME in its folder), so that networks which others trained can be compared too.",
  examples: [
    [
      "deno task compare --run data/runs/a --run data/runs/b",
      "how far a is ahead of b, and whether that is more than chance",
    ],
    [
      "deno task compare --run data/runs/xrv/evaluation/chest --run data/runs/a/evaluation/chest",
      "the same of what evaluate wrote, for the findings that both have",
    ],
  ],
})
  .addOption(
    new ListOption(
      "--run <dir>",
      "a run that has ended, or an evaluation of one; to be given twice",
      anyPath,
    )
      .makeOptionMandatory(),
  )
  .addOption(
    integerOption("--min-positives <n>", {
      description: "labels with fewer positives stay out of the mean",
      minimum: 1,
      default: 1,
    }),
  )
  .action(
    async ({ run: runs, minPositives }: { run: string[]; minPositives: number }) => {
      const [first, second, ...more] = runs;
      if (first === undefined || second === undefined || more.length > 0) {
        throw new InputError(
          `--run: has to be given twice, and was given ${runs.length === 1 ? "once" : "more often"}`,
        );
      }
      const scored = [await readScoredRun(first), await readScoredRun(second)] as const;
      scored.flatMap(({ notes }) => notes).forEach(warn);
      const both = [scored[0].predictions, scored[1].predictions] as const;
      const shared = both[0].labels.filter((label) => both[1].labels.includes(label));
      const others = new Set(both.flatMap(({ labels }) => labels).filter((label) => !shared.includes(label)));
      if (shared.length > 0 && others.size > 0) console.error(`Of one run only: ${[...others].join(", ")}`);
      const [one, other] = shared.length === 0 ? both : both.map((scored) => selectLabels(scored, shared));
      const comparison = comparePredictions(one!, other!, { minimumPositives: minPositives });
      console.log(describeComparison(comparison, { first, second }));
    },
  );

/** A table of AUCs and their differences by label, with the mean below and what it means above. */
export function describeComparison(
  { paired, images, sharedPatients, labels, mean }: Comparison,
  { first, second }: { first: string; second: string },
): string {
  const rows = [
    ["", "positives", "first", "second", "difference", "95 % interval", "p", "p (Holm)", ""],
    ...labels.map(({ name, positives, adjustedPValue, ...label }) => [
      name,
      [...new Set(positives)].join(", "),
      decimals(label.first),
      decimals(label.second),
      signedDecimals(label.difference),
      between(label.interval),
      probability(label.pValue),
      probability(adjustedPValue),
      noteOf({ positives, ...label }),
    ]),
    [
      meanOf(mean.labels, labels.length),
      "",
      decimals(mean.first),
      decimals(mean.second),
      signedDecimals(mean.difference),
      between(mean.interval),
      probability(mean.pValue),
      "",
      "",
    ],
  ];
  return [
    `First:  ${first} (${counted(images[0])} test images)`,
    `Second: ${second} (${counted(images[1])} test images)`,
    paired
      ? "Both scored the same images."
      : `They scored different images, with ${
        counted(sharedPatients)
      } patients in both, so intervals are wider.`,
    "",
    alignColumns(rows),
    "",
    verdict(mean),
  ].join("\n");
}

function noteOf(
  { positives, patients, first, second }: Pick<
    LabelDifference,
    "positives" | "patients" | "first" | "second"
  >,
): string {
  const fewest = Math.min(...positives);
  if (first === null || second === null) return fewest === 0 ? "no positives" : "no negatives";
  if (fewest < FEW) return onlyOf(fewest, "positive");
  return patients < FEW ? onlyOf(patients, "patient") : "";
}

function verdict({ labels, difference, interval }: Comparison["mean"]): string {
  if (difference === null) return "No label has an AUC in both.";
  if (interval === null && difference === 0) return "Neither is ahead: their mean AUCs are the same.";
  if (interval === null) {
    return `Nothing tells which is ahead: ${
      labels === 1 ? "the label has" : "most labels have"
    } fewer than three patients.`;
  }
  if (interval.low > 0) return "The first is ahead: the interval of the mean difference is above 0.";
  if (interval.high < 0) return "The second is ahead: the interval of the mean difference is below 0.";
  return "Neither is surely ahead: the interval of the mean difference contains 0.";
}

function probability(value: number | null): string {
  return value === null ? "-" : value < 0.0005 ? "< 0.001" : decimals(value);
}

if (import.meta.main) await runTask(compare);
