import { join } from "node:path";
import { InputError } from "../support/input_error.ts";
import { readImageList } from "./image_list.ts";
import type { Entry } from "./entry.ts";
import { type Split, splitByImage, splitByPatient, splitOfficially } from "./split.ts";

/** The ways to split, by the names that flags and settings have for them. */
export const SPLIT_KINDS = ["image", "patient", "official"] as const;

/** A way to split: by image, by patient, or by the NIH's official lists. */
export type SplitKind = (typeof SPLIT_KINDS)[number];

/** How to split. */
export interface MakeSplitOptions {
  /** The way to split. */
  kind: SplitKind;
  /** The same seed gives the same split. */
  seed: number;
  /** The share of the images in the test part of a split by image or by patient. Default: that of `SplitOptions`. */
  test?: number;
  /** The folder of the NIH's `train_val_list.txt` and `test_list.txt`; read for an official split only. */
  lists?: string | undefined;
}

/**
 * Splits in the way that is named, with the parts' default sizes.
 *
 * @throws {InputError} When an official split has no lists, and what `splitByImage`, `splitByPatient`,
 * `splitOfficially` and `readImageList` throw.
 */
export async function makeSplit(entries: readonly Entry[], options: MakeSplitOptions): Promise<Split> {
  const { kind, lists, ...sizes } = options;
  if (kind === "image") return splitByImage(entries, sizes);
  if (kind === "patient") return splitByPatient(entries, sizes);
  if (lists === undefined) {
    throw new InputError(
      "An official split needs the folder of the NIH's train_val_list.txt and test_list.txt",
    );
  }
  return splitOfficially(entries, {
    trainVal: await readImageList(join(lists, "train_val_list.txt")),
    test: await readImageList(join(lists, "test_list.txt")),
    seed: sizes.seed,
  });
}
