import { join, resolve } from "node:path";
import { comparePredictions } from "../evaluation/compare.ts";
import { readPredictions } from "../evaluation/predictions.ts";
import { checkSettings, readConfiguration } from "../training/settings.ts";
import { defineTask, integerOption, pathOption, runTask } from "./_command.ts";
import { describeComparison } from "./compare.ts";
import { interruptible } from "./_interrupt.ts";
import { runTraining } from "./_run_training.ts";

interface LeakFlags {
  out: string;
  data?: string;
  config: string;
  epochs?: number;
  seed?: number;
}

const RUNS = resolve(import.meta.dirname!, "../../data/runs");

const leak = defineTask("leak", {
  description:
    "Shows what a split by image gives away: trains the same thing twice, split by image (patients are in training and " +
    "in test) and split by patient, with the same seed, and compares the test AUCs.",
  examples: [
    ["deno task leak", "on phantom images, twice as long as deno task train"],
    ["deno task leak --data DIR --config original --epochs 10", "on your copy of the NIH's images"],
  ],
})
  .addOption(
    pathOption("--out <dir>", {
      description: "where the two runs go, in the folders image and patient (default: data/runs/leak)",
      default: join(RUNS, "leak"),
    }).default(join(RUNS, "leak"), "data/runs/leak"),
  )
  .addOption(
    pathOption("--data <dir>", { description: "a folder in the NIH's layout (default: phantom images)" }),
  )
  .option("--config <file>", "settings: a file, or a configuration of the project", "default")
  .addOption(integerOption("--epochs <n>", { description: "epochs of each training", minimum: 1 }))
  .addOption(integerOption("--seed <n>", { description: "the seed of both", minimum: 0 }))
  .action(async ({ out, config, ...flags }: LeakFlags) => {
    const settings = checkSettings({ ...await readConfiguration(config), ...flags }, config);
    let standing = "Stopped before the first run began";
    await interruptible(async (signal) => {
      const tested = async (split: "image" | "patient") => {
        console.error(`\nSplit by ${split}`);
        const dir = join(out, split);
        const run = await runTraining({ ...settings, split }, {
          dir,
          signal,
          say: (text) => standing = text,
        });
        return { dir, predictions: await readPredictions(run.predictions("test")) };
      };
      const byImage = await tested("image");
      const byPatient = await tested("patient");
      const comparison = comparePredictions(byImage.predictions, byPatient.predictions, {
        seed: settings.seed,
      });
      console.log(`\n${describeComparison(comparison, { first: byImage.dir, second: byPatient.dir })}`);
      console.log(
        "What the first is ahead by is what knowing the patients is worth: new patients will not give it.",
      );
    }, { heard: "Stopping", stopped: () => standing });
  });

if (import.meta.main) await runTask(leak);
