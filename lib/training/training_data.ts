import type { Box } from "../dataset/box.ts";
import type { DataSet, DataSource } from "../dataset/data_set.ts";
import type { Entry } from "../dataset/entry.ts";
import { type ImageCache, openImageCache } from "../dataset/image_cache.ts";
import { entriesWithImage, type ImageFolder } from "../dataset/image_folder.ts";
import { makeSplit } from "../dataset/make_split.ts";
import { SHARD_SETTINGS } from "../dataset/shard_folder.ts";
import { InputError } from "../support/input_error.ts";
import { openDataSet } from "../dataset/open_data_set.ts";
import { type Split, SUBSETS } from "../dataset/split.ts";
import { readAnySplit, readSplit } from "../dataset/split_file.ts";
import type { Settings } from "./settings.ts";
import { shardOf } from "./worker_group.ts";

/** What a training reads: entries by set, their images, and the boxes that go with them. */
export interface TrainingData
  extends Disposable, Pick<DataSet, "format" | "title" | "findings" | "hasPatients" | "notes"> {
  /** Where the images lie. */
  folder: ImageFolder;
  /** Every entry whose image is there, before undersampling. */
  entries: readonly Entry[];
  /** The sets. */
  split: Split;
  /** The decoded images. */
  cache: ImageCache;
  /** The boxes of all images; empty where the data set has none. */
  boxes: readonly Box[];
}

/** How training data are opened. */
export interface TrainingDataOptions {
  /** A `split.csv` to take the sets from, as a resumed run does, instead of splitting anew. */
  splitFile?: string | undefined;
  /** Called after each image that is decoded. */
  onProgress?: ((done: number, total: number) => void) | undefined;
  /** Whether all images' files are compared with what was decoded of them, instead of a sample. Default: false. */
  checkAll?: boolean | undefined;
  /** Ends the decoding of images. */
  signal?: AbortSignal | undefined;
  /** Which worker of how many this is: of the training images it then has only its shard. Unless given, all. */
  worker?: { index: number; count: number } | undefined;
}

/** The settings that say which data a training reads. */
export type DataSettings =
  & DataSource
  & Pick<
    Settings,
    | "splitFile"
    | "lists"
    | "keepNormal"
    | "drawNormal"
    | "undersample"
    | "split"
    | "testFraction"
    | "validationFraction"
    | "stratify"
    | "folds"
    | "fold"
    | "skipMissing"
    | "seed"
    | "imageSize"
  >;

/**
 * Opens a data set for training: reads its tables, undersamples, splits, and decodes the images into the cache where
 * they are not there yet.
 *
 * @throws {InputError} For what is wrong with the data set, its files or the settings.
 */
export async function openTrainingData(
  settings: DataSettings,
  { splitFile, worker = { index: 0, count: 1 }, ...options }: TrainingDataOptions = {},
): Promise<TrainingData> {
  const dataSet = await openDataSet(settings);
  const { format, title, findings, hasPatients, notes, boxes, table } = dataSet;
  const folder = await dataSet.findImages();
  const entries = entriesWithImage(dataSet.entries, folder, { table, skipMissing: settings.skipMissing });
  const split = splitFile === undefined && settings.splitFile !== null
    ? await readAnySplit(settings.splitFile, entries)
    : splitFile === undefined
    ? await splitAnew({ ...dataSet, entries }, settings)
    : await readSplit(splitFile, entries);
  const kept = SUBSETS.reduce((sum, subset) => sum + split[subset].length, 0);
  const left = splitFile === undefined && settings.splitFile !== null && kept < entries.length
    ? [
      `${settings.splitFile}: ${
        entries.length - kept
      } of ${entries.length} images are not in it and are left out.`,
    ]
    : [];
  const own = { ...split, training: shardOf(split.training, worker) };
  const names = SUBSETS.flatMap((subset) => own[subset].map(({ image }) => image));
  const cache = await openImageCache(folder, names, { size: settings.imageSize, ...options });
  const dispose = () => cache[Symbol.dispose]();
  const said = { format, title, findings, hasPatients, notes: [...notes, ...left] };
  return { ...said, folder, entries, split, cache, boxes, [Symbol.dispose]: dispose };
}

/** The split that a data set has, where it was divided for workers already. */
function storedSplit({ entries, official, stored, dir }: DataSet, settings: DataSettings): Split {
  if (settings.folds !== null) throw new InputError(`${dir}: its shards are of one split, and not of folds`);
  for (const name of SHARD_SETTINGS) {
    const [before, now] = [stored![name], settings[name]].map((value) => JSON.stringify(value));
    if (before === now) continue;
    throw new InputError(`${dir}: its shards were made with ${name} ${before}, and here it is ${now}`);
  }
  const { training, validation, test } = official!;
  const those = (names: ReadonlySet<string>) => entries.filter(({ image }) => names.has(image));
  return { training: those(training), validation: those(validation!), test: those(test) };
}

async function splitAnew(dataSet: DataSet, settings: DataSettings): Promise<Split> {
  if (dataSet.stored) return storedSplit(dataSet, settings);
  const { keepNormal, drawNormal, undersample, split: kind, seed, lists } = settings;
  const { testFraction, validationFraction, stratify, folds, fold } = settings;
  if (folds !== null && fold === null) {
    throw new InputError("folds: a run is of one of them: say which, as fold");
  }
  return await makeSplit(dataSet, {
    kind,
    keepNormal,
    drawNormal,
    undersample,
    seed,
    lists,
    stratify,
    test: testFraction,
    validation: validationFraction,
    ...(folds === null ? {} : { fold: { index: fold! - 1, count: folds } }),
  });
}
