import { defineTask, overwriteOption, pathOption, runTask } from "./_command.ts";
import { interruptible } from "./_interrupt.ts";
import type { PredictFlags } from "./_predict_images.ts";
import { thresholdOption } from "./_threshold_option.ts";

const predict = defineTask("predict", {
  description:
    "Says what a trained run sees in images: PNG, JPEG or DICOM, told by their content. For each finding the " +
    "probability, calibrated on the run's validation set, the threshold chosen there and on which side of it the " +
    "image is, and how the image compares with those of the validation set. It warns first: of what the run was " +
    "trained on, of findings with few validation images, and of images that are unlike the run's. " +
    "Not for medical use.",
  examples: [
    [
      "deno task predict --run data/runs/phantom-1 chest.dcm",
      "every finding of an image, the likeliest first",
    ],
    [
      "deno task predict --run data/runs/phantom-1 scans --out scans.csv",
      "all images of a folder and the folders in it, into a table (.csv, .json or .jsonl)",
    ],
    [
      "deno task predict --run data/runs/phantom-1 chest.png --explain Effusion",
      "draws where the network looked into heat-maps/ (without a finding: for the one furthest above its threshold)",
    ],
    [
      "find . -name '*.dcm' | deno task predict --run data/runs/phantom-1 -",
      "paths from standard input, a line each",
    ],
  ],
})
  .argument(
    "[images...]",
    "files, folders and patterns such as 'scans/*.png'; - reads paths from standard input",
  )
  .addOption(
    pathOption("--run <dir>", { description: "a run that has ended", exists: "folder" })
      .makeOptionMandatory(),
  )
  .addOption(pathOption("--out <file>", {
    description: "write everything about each image here, in full precision: .csv, .json or .jsonl",
  }))
  .option(
    "--explain [finding]",
    "draw a heat map of each image: for this finding, or for that furthest above its threshold",
  )
  .addOption(pathOption("--pictures <dir>", {
    description: "where --explain draws (default: heat-maps in the folder that you are in)",
  }))
  .addOption(thresholdOption())
  .addOption(overwriteOption())
  .option("--strict", "stop at the first file that cannot be read")
  .action(async (given: string[], flags: PredictFlags) => {
    let standing = "Stopped before the first image.";
    await interruptible(async (signal) => {
      const { predictImages } = await import("./_predict_images.ts");
      await predictImages(given, flags, { signal, say: (text) => standing = text });
    }, { heard: "Stopping after these images", stopped: () => standing });
  });

if (import.meta.main) await runTask(predict);
