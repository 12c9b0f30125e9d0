import { join } from "node:path";
import { openDataSet } from "../dataset/open_data_set.ts";
import { sharedPatients } from "../dataset/shared_patients.ts";
import { readSplit } from "../dataset/split_file.ts";
import { comparePredictions, type Comparison } from "../evaluation/compare.ts";
import { predictFromPatient } from "../evaluation/patient_identity_baseline.ts";
import { LIMITS } from "../training/limits.ts";
import { runFolder } from "../training/run_folder.ts";
import { checkSummedOutputs, writeSummed } from "../support/summed_folder.ts";
import { defineTask, integerOption, overwriteOption, pathOption, runTask, seedOption } from "./_command.ts";
import { addDataOptions, type DataFlags } from "./_data_options.ts";
import { describeComparison } from "./compare.ts";
import { between, counted, decimals } from "../support/decimals.ts";
import { configurationOption } from "./_configuration_option.ts";
import { interruptible } from "./_interrupt.ts";
import { DATA, RUNS } from "../support/project.ts";

interface LeakFlags extends DataFlags {
  out: string;
  config: string;
  epochs?: number;
  seed?: number;
  overwrite?: boolean;
}

/** Patients who come 20 times: of such are 28 % of the NIH's images, and of them a network has most to remember. */
const PHANTOMS = { folder: join(DATA, "phantom-visits"), images: 2400, size: 64, visits: 20 };

const leak = addDataOptions(
  defineTask("leak", {
    description:
      "Measures patient leakage: trains the same thing twice, split by image (patients are in training and " +
      "in test) and split by patient, with the same seed, and compares the test AUCs. Beside them stands the " +
      "patient-identity baseline, which looks at no image: the most that could leak by knowing the patient. leak.json has all. " +
      "Run again, it goes on where it was stopped.",
    examples: [
      ["deno task leak", "on phantom images, about five minutes on two cores"],
      ["deno task leak --data DIR --config original --epochs 10", "on your copy of the NIH's images"],
    ],
  }),
  { data: "the folder of a data set (default: phantom images of patients who come 20 times)" },
)
  .addOption(
    pathOption("--out <dir>", {
      description: "where the two runs go, in the folders image and patient",
    }).default(join(RUNS, "leak"), "data/runs/leak"),
  )
  .addOption(
    configurationOption({
      description: "settings: a configuration of the project, a file, or a run's config.json",
      default: "leak",
    }),
  )
  .addOption(integerOption("--epochs <n>", { description: "epochs of each training", ...LIMITS.epochs }))
  .addOption(seedOption({ description: "the seed of both" }))
  .addOption(overwriteOption())
  .action(async ({ out, config, overwrite = false, ...flags }: LeakFlags) => {
    const { completeRun } = await import("../runs/complete_run.ts");
    const { isRunOf } = await import("../training/run_config.ts");
    const { checkSettings, readConfiguration, wantsPhantoms } = await import("../training/settings.ts");
    const { ensurePhantoms } = await import("./_phantom_folder.ts");
    const { terminalReporter } = await import("./_terminal_reporter.ts");
    const given = checkSettings({ ...await readConfiguration(config), ...flags }, config);
    const output = { dir: out, kind: "leak" };
    await checkSummedOutputs(output, ["leak.json"], { overwrite });
    let standing = () => "Stopped before the first run began";
    await interruptible(async (signal) => {
      const settings = wantsPhantoms(given)
        ? { ...given, data: await ensurePhantoms(signal, PHANTOMS) }
        : given;
      const { entries } = await openDataSet(settings);
      const tested = async (split: "image" | "patient") => {
        console.error(`\nSplit by ${split}`);
        const dir = join(out, split);
        using reporter = terminalReporter();
        standing = reporter.standing;
        const wanted = { ...settings, split };
        const context = { dir, signal, reporter, overwrite };
        const { folder, predictions } = !overwrite && await isRunOf(runFolder(dir), wanted)
          ? await completeRun(wanted, { ...context, resume: true })
          : await completeRun(wanted, context);
        const subsets = await readSplit(folder.split, entries);
        const { labels, weights } = predictions.test;
        return {
          dir,
          predictions: predictions.test,
          known: sharedPatients(subsets).testWithTraining,
          memory: {
            ...predictFromPatient(subsets.training, subsets.test, { labels }),
            ...(weights ? { weights } : {}),
          },
        };
      };
      const byImage = await tested("image");
      const byPatient = await tested("patient");
      const network = comparePredictions(byImage.predictions, byPatient.predictions);
      const patientNumber = comparePredictions(byImage.memory, byPatient.memory);
      const text = JSON.stringify({ network, patientNumber }, null, 1) + "\n";
      await writeSummed(output, { "leak.json": text }, { overwrite });
      console.log(`\n${describeComparison(network, { first: byImage.dir, second: byPatient.dir })}`);
      console.log(`\n${describeMemory(patientNumber, byImage.known)}`);
    }, { heard: "Stopping", stopped: () => standing() });
  });

function describeMemory({ images, mean }: Comparison, known: number): string {
  return [
    `Split by image, ${counted(known)} of ${counted(images[0])} test images are of patients ` +
    "who are in training too.",
    `The patient-identity baseline, without a look at an image, reaches a mean AUC of ${
      decimals(mean.first)
    } there and ` +
    `${decimals(mean.second)} split by patient: a difference of ${decimals(mean.difference)} (${
      mean.interval ? between(mean.interval) : "too few patients for an interval"
    }).`,
    "That much a network could gain by recognising patients, which new patients will not give it; the table says what",
    "this one gains. Its intervals are of the test sets' patients; what chance in training does, other seeds show.",
  ].join("\n");
}

if (import.meta.main) await runTask(leak);
