import { join } from "node:path";
import { InputError } from "../support/input_error.ts";
import { readImageList } from "./image_list.ts";
import type { Entry } from "./entry.ts";
import { type Split, splitAsOriginal, splitByImage, splitByPatient, splitOfficially } from "./split.ts";
import { undersample } from "./undersample.ts";

/** The ways to split, by the names that flags and settings have for them. */
export const SPLIT_KINDS = ["image", "patient", "official", "original"] as const;

/** A way to split: by image, by patient, by the NIH's official lists, or as the original notebook did. */
export type SplitKind = (typeof SPLIT_KINDS)[number];

/** Each way to split in words, to follow "split". */
export const SPLIT_WORDS: Readonly<Record<SplitKind, string>> = {
  image: "by image",
  patient: "by patient",
  official: "by the NIH's lists",
  original: "as the original notebook did, by image",
};

/** The images that undersampling may thin out, by the names that flags and settings have for them. */
export const UNDERSAMPLED = ["training", "all"] as const;

/** What undersampling thins out: the training set alone, or all images before they are split. */
export type Undersampled = (typeof UNDERSAMPLED)[number];

/** How to split. */
export interface MakeSplitOptions {
  /** The way to split. */
  kind: SplitKind;
  /** The same seed gives the same split; the original's has its own. */
  seed: number;
  /** The fraction of the images in the test set of a split by image or by patient. Default: that of `SplitOptions`. */
  test?: number;
  /** The folder of the NIH's `train_val_list.txt` and `test_list.txt`; read for an official split only. */
  lists?: string | undefined;
  /** The fraction of the images with no finding that is kept. Default: 1. */
  keepNormal?: number;
  /** Whether those that stay are drawn at random. Default: false. */
  drawNormal?: boolean;
  /**
   * Where images with no finding are dropped. Default: in the training set alone, so that validation and test sets have
   * the findings as often as the data have them.
   */
  undersample?: Undersampled;
}

/**
 * Splits in the way that is named, with the sets' default sizes, and undersamples images with no finding.
 *
 * @throws {InputError} When an official split has no lists, and what `splitByImage`, `splitByPatient`,
 * `splitOfficially`, `readImageList` and `undersample` throw.
 */
export async function makeSplit(entries: readonly Entry[], options: MakeSplitOptions): Promise<Split> {
  const { keepNormal = 1, drawNormal = false, undersample: where = "training", ...how } = options;
  const thin = (some: readonly Entry[]) =>
    undersample(some, { keepNormal, ...(drawNormal ? { seed: how.seed } : {}) });
  const split = await splitEntries(where === "all" ? thin(entries) : entries, how);
  return where === "all" ? split : { ...split, training: thin(split.training) };
}

type SplittingOptions = Pick<MakeSplitOptions, "kind" | "seed" | "test" | "lists">;

async function splitEntries(
  entries: readonly Entry[],
  { kind, lists, ...sizes }: SplittingOptions,
): Promise<Split> {
  if (kind === "image") return splitByImage(entries, sizes);
  if (kind === "patient") return splitByPatient(entries, sizes);
  if (kind === "original") return splitAsOriginal(entries);
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
