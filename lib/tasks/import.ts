import { InvalidArgumentError, Option } from "commander";
import { NETWORK_NAMES } from "../model/network_names.ts";
import { givenPath } from "../support/given_path.ts";
import { IMPORT_KINDS, type ImportKind } from "../training/import_kinds.ts";
import { LIMITS } from "../training/limits.ts";
import { choiceOption, defineTask, integerOption, overwriteOption, pathOption, runTask } from "./_command.ts";

interface ImportFlags {
  from: ImportKind;
  run?: string;
  findings?: string[];
  thresholds?: number[];
  source?: string;
  licence?: string;
  network?: string;
  imageSize?: number;
  pooling?: "flatten" | "global";
  overwrite?: boolean;
}

const task = defineTask("import", {
  description:
    "Makes a run folder out of a file of weights that others trained and published, so that predict, evaluate, runs and " +
    "export work with it as with a run of Thorax. Nothing in the file is run. --from says what wrote it: torchxrayvision's " +
    "DenseNet-121 of 224x224; the 14-finding DenseNet-121 of CheXNet's followers in PyTorch (chexnet) or Keras " +
    "(chexnet-keras); keras: the original notebook's ResNet-56, or another network of Thorax that Keras saved; thorax: what " +
    "export wrote. What the file does not say has to be said: the findings in the order of its outputs, and whose weights " +
    "they are. Not for medical use.",
  examples: [
    [
      "deno task import --from torchxrayvision nih-pc-chex-mimic_ch-google-openi-kaggle-densenet121-d121-tw-lr001-rot45-tr15-sc15-seed0-best.pt",
      "torchxrayvision's `all`: 18 findings, with its operating points as thresholds",
    ],
    [
      'deno task import --from chexnet model.pth.tar --source "NAME, ADDRESS" --licence MIT',
      "14 findings in the order of the NIH's paper",
    ],
    [
      "deno task import --from keras weights.h5 --findings Mass,Nodule --network resnet20v2 --image-size 64 --source ME",
      "a network of Thorax that Keras saved",
    ],
  ],
})
  .argument("<file>", "the file of weights")
  .addOption(
    choiceOption("--from <what>", { description: "what wrote the file", choices: IMPORT_KINDS })
      .makeOptionMandatory(),
  )
  .addOption(pathOption("--run <dir>", { description: "the run's folder (default: a new one in data/runs)" }))
  .addOption(
    new Option(
      "--findings <names>",
      'what the outputs are, in their order; one that is not wanted stays empty, as in "Edema,,Mass"',
    ).argParser((text) => text.split(",").map((name) => name.trim())),
  )
  .addOption(
    new Option(
      "--thresholds <scores>",
      "the score from which on each output's finding is called present, in the same order; empty for none",
    ).argParser(scoresOf),
  )
  .addOption(
    new Option("--source <text>", "whose weights they are and where they were published").argParser(textOf),
  )
  .addOption(
    new Option("--licence <text>", "the licence under which they were published").argParser(textOf),
  )
  .option("--network <name>", `the network, for keras and thorax: ${NETWORK_NAMES.join(", ")}`)
  .addOption(integerOption("--image-size <n>", {
    description: "height and width of the network's images",
    ...LIMITS.imageSize,
  }))
  .addOption(choiceOption("--pooling <kind>", {
    description: "what follows a ResNet's last feature map: means over squares of 8x8, or one mean",
    choices: ["flatten", "global"],
  }))
  .addOption(overwriteOption())
  .action(async (file: string, { from, run: dir, findings: labels, ...flags }: ImportFlags) => {
    const { importRun } = await import("../runs/import_run.ts");
    const { run, settings, findings, imported, notes } = await importRun(givenPath(file), {
      kind: from,
      dir,
      labels,
      ...flags,
    });
    notes.forEach((note) => console.error(note));
    const some = (imported.thresholds ?? []).filter((threshold) => threshold !== null).length;
    console.log(
      [
        `${settings.network}, images of ${settings.imageSize}x${settings.imageSize}, ${
          findings.length === 1 ? "1 finding" : `${findings.length} findings`
        }: ${findings.join(", ")}`,
        some === 0
          ? "No thresholds: predict shows scores only"
          : `Thresholds for ${some} of ${findings.length}`,
        `Licence: ${imported.licence ?? "not said; --licence says it"}`,
        `Written to ${run.dir}`,
      ].join("\n"),
    );
  });

function textOf(text: string): string {
  if (text.trim() === "") throw new InvalidArgumentError("Expected a text that is not empty.");
  return text.trim();
}

/** Reads `0.1,,0.3`. */
function scoresOf(text: string): number[] {
  return text.split(",").map((part) => {
    const value = part.trim() === "" ? NaN : Number(part);
    if (part.trim() !== "" && !(value > 0 && value < 1)) {
      throw new InvalidArgumentError("Expected scores between 0 and 1, separated by commas.");
    }
    return value;
  });
}

if (import.meta.main) await runTask(task);
