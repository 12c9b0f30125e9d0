import { join } from "node:path";
import { InputError } from "../support/input_error.ts";
import type { DataSet, OfficialSplit } from "./data_set.ts";
import type { Entry } from "./entry.ts";
import { readNihLists } from "./image_list.ts";
import { foldsByPatient } from "./folds.ts";
import { type Split, splitAsOriginal, splitByImage, splitByPatient, splitOfficially } from "./split.ts";
import { undersample } from "./undersample.ts";

/** The ways to split, by the names that flags and settings have for them. */
export const SPLIT_KINDS = ["image", "patient", "official", "original"] as const;

/** A way to split: by image, by patient, as the data set itself does, or as the original notebook did. */
export type SplitKind = (typeof SPLIT_KINDS)[number];

/** Each way to split in words, to follow "split". */
export const SPLIT_WORDS: Readonly<Record<SplitKind, string>> = {
  image: "by image",
  patient: "by patient",
  official: "as the data set itself does",
  original: "as the original notebook did, by image",
};

/** The settings that tell how images are divided. */
export interface SplitSettings {
  /** How they are divided. */
  split: SplitKind;
  /** A split of the user's own; null for none. */
  splitFile: string | null;
  /** Whether rare findings are spread evenly. */
  stratify: boolean;
  /** Into how many folds patients are divided; null for none. */
  folds: number | null;
  /** The fold that is the test set, counted from 1. */
  fold: number | null;
}

/** How settings split, in words to follow "split". */
export function splitInWords({ split, splitFile, stratify, folds, fold }: SplitSettings): string {
  if (folds !== null) return `by patient into ${folds} folds, of which fold ${fold} is the test set`;
  return splitFile === null
    ? `${SPLIT_WORDS[split]}${stratify ? ", with rare findings spread evenly" : ""}`
    : "by a file of the user's";
}

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
  /** The fraction of the other images in the validation set. Default: that of `SplitOptions`. */
  validation?: number;
  /** Whether rare findings are spread evenly over the sets of a split by image or by patient. Default: false. */
  stratify?: boolean;
  /** The folder of the NIH's `train_val_list.txt` and `test_list.txt`, for an official split of its images. */
  lists?: string | null;
  /** Which fold of how many is the test set, from 0, instead of a fraction of the images. */
  fold?: { index: number; count: number } | undefined;
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
 * Splits a data set in the way that is named and undersamples images with no finding.
 *
 * @throws {InputError} When a split that is not drawn is to be stratified, when a data set that does not know its patients is to be split by patient, when it has no
 * official split, and what `splitByImage`, `splitByPatient`, `splitOfficially`, `readImageList` and `undersample` throw.
 */
export async function makeSplit(dataSet: SplittableDataSet, options: MakeSplitOptions): Promise<Split> {
  const { keepNormal = 1, drawNormal = false, undersample: where = "training", ...how } = options;
  const thin = (some: readonly Entry[]) =>
    undersample(some, { keepNormal, ...(drawNormal ? { seed: how.seed } : {}) });
  const { entries } = dataSet;
  const split = await splitEntries({ ...dataSet, entries: where === "all" ? thin(entries) : entries }, how);
  return where === "all" ? split : { ...split, training: thin(split.training) };
}

/** What splitting needs of a data set. */
export type SplittableDataSet = Pick<DataSet, "table" | "entries" | "findings" | "hasPatients" | "official">;

type SplittingOptions = Pick<
  MakeSplitOptions,
  "kind" | "seed" | "test" | "validation" | "lists" | "stratify" | "fold"
>;

async function splitEntries(
  { table, entries, findings, hasPatients, official }: SplittableDataSet,
  { kind, lists, stratify = false, fold, ...sizes }: SplittingOptions,
): Promise<Split> {
  if (stratify && (kind === "official" || kind === "original")) {
    throw new InputError(
      `A split ${SPLIT_WORDS[kind]} is not drawn, so its findings cannot be spread (stratify)`,
    );
  }
  if (lists && kind !== "official") {
    throw new InputError(`${lists}: lists are for an official split, and this one is ${SPLIT_WORDS[kind]}`);
  }
  const drawn = { ...sizes, stratify: stratify ? findings : undefined };
  if (kind === "image") return splitByImage(entries, drawn);
  if (kind === "original") return splitAsOriginal(entries);
  if (kind === "patient") {
    if (hasPatients && fold) return foldsByPatient(entries, { ...drawn, folds: fold.count })[fold.index]!;
    if (hasPatients) return splitByPatient(entries, drawn);
    throw new InputError(
      `${table} does not say which images are of one patient, so it cannot be split by patient: say --split image ` +
        `(images of one patient may then come into several sets)${official ? " or --split official" : ""}`,
    );
  }
  const own = lists ? await readLists(lists) : official;
  if (own === null) {
    throw new InputError(
      `${table} has no official split; for the NIH's, --lists names the folder of train_val_list.txt and test_list.txt`,
    );
  }
  return splitOfficially(entries, { official: own, from: lists ?? table, ...sizes });
}

function readLists(dir: string): Promise<OfficialSplit> {
  return readNihLists(join(dir, "train_val_list.txt"), join(dir, "test_list.txt"));
}
