import type { Command, Option } from "commander";
import {
  SPLIT_KINDS,
  SPLIT_WORDS,
  type SplitKind,
  UNDERSAMPLED,
  type Undersampled,
} from "../dataset/make_split.ts";
import { flagOf } from "../support/flag_of.ts";
import { InputError } from "../support/input_error.ts";
import type { Settings } from "../training/settings.ts";
import { LIMITS } from "../training/limits.ts";
import { choiceOption, fractionOption, integerOption, pathOption } from "./_command.ts";

/** What flags of a split are where they are not given; without, they are then absent. */
export interface SplitDefaults {
  /** How images are divided. */
  split?: SplitKind;
  /** The fraction of the images with no finding that is kept. */
  keepNormal?: number;
  /** Where the others are dropped. */
  undersample?: Undersampled;
}

/** Adds the flags that say how images are divided into training, validation and test set. */
export function addSplitOptions(command: Command, defaults: SplitDefaults = {}): Command {
  const { split, keepNormal, undersample } = defaults;
  return command
    .addOption(choiceOption("--split <kind>", {
      description:
        "by image at random (patients leak), by whole patients, as the data set itself does, or the " +
        "original notebook's own split by image",
      choices: SPLIT_KINDS,
      ...(split === undefined ? {} : { default: split }),
    }))
    .option(
      "--stratify",
      "spread rare findings evenly over the sets, drawing patients (or images) by the rarest finding that they have",
    )
    .addOption(fractionOption("--test-fraction <fraction>", {
      description: "the fraction of the images for the test set (default: 0.15)",
    }))
    .addOption(fractionOption("--validation-fraction <fraction>", {
      description: "the fraction of the other images for the validation set (default: 0.06)",
    }))
    .addOption(pathOption("--lists <dir>", {
      description: "the folder of train_val_list.txt and test_list.txt (default: that of --data)",
      exists: "folder",
    }))
    .addOption(fractionOption("--keep-normal <fraction>", {
      description: "the fraction of the images with no finding that is kept" +
        (keepNormal === undefined ? " (default: all, unless a configuration says otherwise)" : ""),
      ...(keepNormal === undefined ? {} : { default: keepNormal }),
    }))
    .addOption(choiceOption("--undersample <sets>", {
      description:
        "where the other images with no finding are dropped: in the training set alone, or in all sets as the " +
        "original notebook does, which changes what is measured",
      choices: UNDERSAMPLED,
      ...(undersample === undefined ? {} : { default: undersample }),
    }));
}

/** `--folds <n>`: cross-validation by patient. */
export function foldsOption(): Option {
  return integerOption("--folds <n>", {
    description:
      "cross-validate: divide patients into so many folds, train a network for each, and judge their test sets together",
    ...LIMITS.folds,
  }).conflicts(["splitFile", "lists", "testFraction"]);
}

/** `--fold <n>`: one fold of those alone. */
export function foldOption(): Option {
  return integerOption("--fold <n>", {
    description: "train this one of --folds alone, counted from 1",
    minimum: 1,
    maximum: LIMITS.folds.maximum,
  });
}

/** Flags that say how images are divided; those that are not given are absent. */
export type SplitFlags = Partial<
  Pick<
    Settings,
    | "split"
    | "splitFile"
    | "testFraction"
    | "validationFraction"
    | "stratify"
    | "lists"
    | "keepNormal"
    | "undersample"
  >
>;

/**
 * Refuses flags that would say nothing beside the split that is made.
 *
 * @param kind The split that is made, where flags do not name it.
 * @throws {InputError} Naming the flag.
 */
export function refuseIdle(flags: SplitFlags, { kind }: { kind: SplitKind }): void {
  const { splitFile, split = kind } = flags;
  const idle: readonly (keyof SplitFlags)[] = splitFile !== undefined
    ? ["split", "testFraction", "validationFraction", "stratify", "lists", "keepNormal", "undersample"]
    : split === "official"
    ? ["testFraction"]
    : split === "original"
    ? ["testFraction", "validationFraction"]
    : [];
  const given = idle.find((name) => flags[name] !== undefined);
  if (given === undefined) return;
  const flag = flagOf(given);
  throw new InputError(
    splitFile === undefined
      ? `${flag}: says nothing of a split ${SPLIT_WORDS[split]}`
      : `${flag}: not together with --split-file, which says what is in each set`,
  );
}
