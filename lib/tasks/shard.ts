import { SHARD_SETTINGS } from "../dataset/shard_folder.ts";
import { InputError } from "../support/input_error.ts";
import { printable } from "../support/printable.ts";
import { LIMITS } from "../training/limits.ts";
import type { Settings } from "../training/settings.ts";
import { defineTask, integerOption, overwriteOption, pathOption, runTask, seedOption } from "./_command.ts";
import { addDataOptions, checkImagesOption, showNotes } from "./_data_options.ts";
import { interruptible } from "./_interrupt.ts";
import { addSplitOptions, refuseIdle } from "./_split_options.ts";

interface OwnFlags {
  out: string;
  shards: number;
  checkImages?: boolean;
  overwrite?: boolean;
}

const shard = addSplitOptions(addDataOptions(
  defineTask("shard", {
    description:
      "Decodes a data set once and writes it as shards for several workers: a folder with a file of images for each shard " +
      "of the training set, one for the validation set, one for the test set, and a table of the rest. It is a data set of " +
      "its own, for --data: each worker reads only the files of its shard, from a copy or from a path that all share (also " +
      "an object store that is mounted). The split, its undersampling and the image size are the shards'.",
    examples: [
      [
        "deno task shard --data DIR --image-size 128 --shards 4 --out SHARDS",
        "four shards, for four workers, or two, or one",
      ],
      [
        "deno task train --data SHARDS --image-size 128 --workers a:2222,b:2222 --worker 0",
        "trains on them; --data may be another path on each machine",
      ],
    ],
  }),
  { data: "the folder of a data set" },
))
  .addOption(pathOption("--out <dir>", { description: "the folder to write" }).makeOptionMandatory())
  .addOption(integerOption("--shards <n>", {
    description: "how many files the training set is divided into: as many as workers, or a multiple of that",
    minimum: 1,
    maximum: LIMITS.workers.maximum,
    default: 1,
  }))
  .addOption(
    integerOption("--image-size <n>", {
      description: "image size: height and width in pixels (default: 64)",
      ...LIMITS.imageSize,
    }),
  )
  .option("--draw-normal", "draw those that stay at random instead of taking every fifth or so")
  .addOption(seedOption({ description: "the same seed gives the same split" }))
  .option("--skip-missing", "leave out rows whose image is missing")
  .addOption(checkImagesOption())
  .addOption(overwriteOption("replace shards that are there"))
  .action(
    async (
      { out, shards, checkImages = false, overwrite = false, ...flags }: OwnFlags & Partial<Settings>,
    ) => {
      const { checkSettings, wantsPhantoms } = await import("../training/settings.ts");
      const { openTrainingData } = await import("../training/training_data.ts");
      const { writeShards } = await import("../dataset/write_shards.ts");
      const { realPathOf } = await import("../support/outputs.ts");
      const { withProgress } = await import("../support/progress.ts");
      const settings = checkSettings({ ...flags }, "shard");
      refuseIdle(flags, { kind: settings.split });
      if (wantsPhantoms(settings)) {
        throw new InputError("No data: name a folder with --data, or a table with --table");
      }
      if (settings.data !== null && await realPathOf(settings.data) === await realPathOf(out)) {
        throw new InputError(`${out}: this command reads it, so it is not written over: name another place`);
      }
      await interruptible(async (signal) => {
        using data = await withProgress(
          "Decoding images",
          "images",
          (onProgress) => openTrainingData(settings, { checkAll: checkImages, onProgress, signal }),
        );
        showNotes(data.notes);
        const { title, hasPatients } = data;
        const stored = Object.fromEntries(SHARD_SETTINGS.map((name) => [name, settings[name]]));
        const manifest = { title, hasPatients, shards, settings: stored };
        await withProgress(
          "Writing shards",
          "images",
          (onProgress) => writeShards(out, data, { manifest, overwrite, onProgress, signal }),
        );
        console.log(printable(out));
      }, { heard: "Stopping", stopped: () => "Stopped: what was written is no data set, start anew" });
    },
  );

if (import.meta.main) await runTask(shard);
