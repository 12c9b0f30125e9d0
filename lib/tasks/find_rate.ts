import { InputError } from "../support/input_error.ts";
import { withProgress } from "../support/progress.ts";
import { printable } from "../support/printable.ts";
import { configurationNames } from "../training/configurations.ts";
import { LIMITS } from "../training/limits.ts";
import type { RateCurve } from "../training/rate_curve.ts";
import type { Settings } from "../training/settings.ts";
import {
  defineTask,
  integerOption,
  numberOption,
  overwriteOption,
  pathOption,
  runTask,
  seedOption,
} from "./_command.ts";
import { configurationOption } from "./_configuration_option.ts";
import { addDataOptions, type DataFlags } from "./_data_options.ts";
import { alignColumns } from "./_describe_metrics.ts";
import { interruptible } from "./_interrupt.ts";

interface FindRateFlags
  extends DataFlags, Partial<Pick<Settings, "imageSize" | "batchSize" | "network" | "weights" | "seed">> {
  config: string;
  lowest: number;
  highest: number;
  steps: number;
  out?: string;
  overwrite?: boolean;
}

const findRate = addDataOptions(
  defineTask("find-rate", {
    description:
      "Runs a learning-rate range test (Smith, 2017): trains for some steps with a rate that grows from step to step, draws " +
      "the loss against it and suggests a peak learning rate, a tenth of that at which the loss is lowest. One test is " +
      "one network and a few batches: take the suggestion as a place to begin. Nothing is kept of the training.",
    examples: [
      ["deno task find-rate", "for the quick start, on phantom images: about half a minute on two cores"],
      [
        "deno task find-rate --config transfer --data DIR --out rates.csv",
        "for fine-tuning on your data; the curve as a table",
      ],
    ],
  }),
  { data: "the folder of a data set (default: phantom images)" },
)
  .addOption(
    configurationOption({
      description: `settings: ${configurationNames().join(", ")}, a file, or a run's config.json`,
      default: "default",
    }),
  )
  .option("--network <name>", "the network")
  .option("--weights <file>", "weights to start from: imagenet, or a file")
  .addOption(integerOption("--image-size <n>", {
    description: "image size: height and width in pixels",
    ...LIMITS.imageSize,
  }))
  .addOption(integerOption("--batch-size <n>", {
    description: "batch size: a larger batch allows a higher rate",
    ...LIMITS.batchSize,
  }))
  .addOption(numberOption("--lowest <x>", {
    description: "the first learning rate",
    ...LIMITS.learningRate,
    default: 1e-6,
  }))
  .addOption(numberOption("--highest <x>", {
    description: "the last learning rate, unless the loss explodes before",
    ...LIMITS.learningRate,
    default: 1,
  }))
  .addOption(integerOption("--steps <n>", {
    description: "the number of steps",
    minimum: 20,
    maximum: 10_000,
    default: 100,
  }))
  .addOption(seedOption({ description: "the seed of weights, order and augmentation" }))
  .addOption(pathOption("--out <file>", {
    description: "also write the curve as a table: learning_rate, loss, smoothed_loss",
    ending: ".csv",
  }))
  .addOption(overwriteOption())
  .action(async ({ config, lowest, highest, steps, out, overwrite = false, ...flags }: FindRateFlags) => {
    if (lowest >= highest) throw new InputError(`--lowest ${lowest}: has to be below --highest ${highest}`);
    const { findRate } = await import("../runs/find_rate.ts");
    const { csvLine } = await import("../support/csv.ts");
    const { checkWritable, writeOutput } = await import("../support/outputs.ts");
    const { checkSettings, readConfiguration } = await import("../training/settings.ts");
    const settings = checkSettings({ ...await readConfiguration(config), ...flags }, config);
    if (out !== undefined) await checkWritable(out, { overwrite });
    await interruptible(async (signal) => {
      const curve = await withProgress(
        "Growing the rate",
        "steps",
        (onProgress) =>
          findRate(settings, { lowest, highest, steps }, {
            signal,
            reporter: {
              onProgress: (work, ...done) => work === "Training" ? onProgress(...done) : undefined,
            },
          }),
      );
      if (out !== undefined) {
        const rows = curve.points.map(({ learningRate, loss, smoothed }) =>
          csvLine([learningRate, loss, smoothed])
        );
        await writeOutput(out, csvLine(["learning_rate", "loss", "smoothed_loss"]) + rows.join(""), {
          overwrite,
        });
      }
      console.log(describeCurve(curve));
      if (out !== undefined) console.log(`\nWritten to ${printable(out)}`);
    }, { heard: "Stopping after this step", stopped: () => "Stopped; nothing was written." });
  });

const ROWS = 24;
const BAR = 40;

/** The curve as bars from its lowest to its first loss, and what it says. */
function describeCurve({ points, lowest, steepest, suggestion, isStillFalling }: RateCurve): string {
  const some = points.filter((_, i) => i % Math.ceil(points.length / ROWS) === 0 || i === points.length - 1);
  const losses = some.map(({ smoothed }) => smoothed);
  const [least, most] = [Math.min(...losses), 1.25 * Math.max(losses[0]!, Math.min(...losses))];
  const bar = (loss: number) => {
    const fraction = most > least ? (loss - least) / (most - least) : 0;
    const drawn = fraction > 1 ? `${"#".repeat(BAR)}>` : "#".repeat(Math.round(BAR * fraction));
    return drawn.padEnd(BAR + 1);
  };
  const rows = some.map((
    { learningRate, smoothed },
  ) => [rate(learningRate), smoothed.toFixed(4), bar(smoothed)]);
  return [
    alignColumns([["learning rate", "loss", ""], ...rows]).replaceAll(/ +$/gm, ""),
    "",
    ...(suggestion === null || steepest === null
      ? ["The loss did not fall at any rate: start from lower rates (--lowest), or take more --steps."]
      : [
        `Loss lowest at ${rate(lowest)}, falling most steeply at ${rate(steepest)}.`,
        `Suggestion: --learning-rate ${rate(suggestion)}, a tenth of the former.`,
        ...(isStillFalling ? ["It still fell at the last rate: look further with --highest."] : []),
      ]),
  ].join("\n");
}

function rate(value: number): string {
  return value.toExponential(1).replace(".0e", "e");
}

if (import.meta.main) await runTask(findRate);
