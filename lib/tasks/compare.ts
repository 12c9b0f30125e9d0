import { Option } from "commander";
import { comparePredictions, type Comparison } from "../evaluation/compare.ts";
import { readPredictions } from "../evaluation/predictions.ts";
import { InputError } from "../support/input_error.ts";
import { runFolder } from "../training/run_folder.ts";
import { givenPath } from "../support/given_path.ts";
import { defineTask, integerOption, runTask, seedOption } from "./_command.ts";
import { alignColumns, between, decimals } from "./_describe_metrics.ts";

const compare = defineTask("compare", {
  description:
    "Compares the test AUCs of two runs: by label, with DeLong's test where both scored the same images, and the " +
    "mean, with the interval of a bootstrap over patients.",
  examples: [
    [
      "deno task compare --run data/runs/a --run data/runs/b",
      "how far a is ahead of b, and whether that is sure",
    ],
  ],
})
  .addOption(
    new Option("--run <dir>", "a run that has ended; to be given twice")
      .argParser((text, runs: string[] = []) => [...runs, givenPath(text)])
      .makeOptionMandatory(),
  )
  .addOption(
    seedOption({ description: "the seed of the bootstrap", default: 0 }),
  )
  .addOption(
    integerOption("--min-positives <n>", {
      description: "labels with fewer positives stay out of the mean",
      minimum: 1,
      default: 1,
    }),
  )
  .action(
    async ({ run: runs, seed, minPositives }: { run: string[]; seed: number; minPositives: number }) => {
      const [first, second, ...more] = runs;
      if (first === undefined || second === undefined || more.length > 0) {
        throw new InputError(
          `--run: has to be given twice, and was given ${runs.length === 1 ? "once" : "more often"}`,
        );
      }
      const { checkRunFile } = await import("../training/check_run.ts");
      const read = async (dir: string) => {
        const run = runFolder(dir);
        await checkRunFile(run, run.predictions("test"));
        return await readPredictions(run.predictions("test"));
      };
      const comparison = comparePredictions(await read(first), await read(second), {
        seed,
        minimumPositives: minPositives,
      });
      console.log(describeComparison(comparison, { first, second }));
    },
  );

/** A table of AUCs and their differences by label, with the mean below and what it means above. */
export function describeComparison(
  { paired, images, labels, mean }: Comparison,
  { first, second }: { first: string; second: string },
): string {
  const rows = [
    ["", "positives", "first", "second", "difference", "", ...(paired ? ["p (DeLong)", "p (Holm)"] : [])],
    ...labels.map(({ name, positives, deLong, adjustedPValue, ...label }) => [
      name,
      [...new Set(positives)].join(", "),
      decimals(label.first),
      decimals(label.second),
      signed(label.difference),
      between(label.interval),
      ...(paired ? [probability(deLong?.pValue ?? null), probability(adjustedPValue)] : []),
    ]),
    [
      `mean of ${mean.labels}`,
      "",
      decimals(mean.first),
      decimals(mean.second),
      signed(mean.difference),
      between(mean.interval),
    ],
  ];
  return [
    `First:  ${first} (${images[0].toLocaleString("en")} test images)`,
    `Second: ${second} (${images[1].toLocaleString("en")} test images)`,
    paired ? "Both scored the same images." : "They scored different images, so the intervals are wider.",
    "",
    alignColumns(rows),
    "",
    verdict(mean),
  ].join("\n");
}

function verdict({ difference, interval }: Comparison["mean"]): string {
  if (difference === null || interval === null) return "No label has an AUC in both.";
  if (interval.low > 0) return "The first is ahead: the interval of the mean difference is above 0.";
  if (interval.high < 0) return "The second is ahead: the interval of the mean difference is below 0.";
  return "Neither is surely ahead: the interval of the mean difference holds 0.";
}

function signed(value: number | null): string {
  return value === null ? "-" : `${value < 0 ? "-" : "+"}${decimals(Math.abs(value))}`;
}

function probability(value: number | null): string {
  return value === null ? "-" : value < 0.0005 ? "< .001" : decimals(value);
}

if (import.meta.main) await runTask(compare);
