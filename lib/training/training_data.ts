import { type Box, readBoxes } from "../dataset/boxes.ts";
import { type DatasetFolder, entriesWithImage, openDatasetFolder } from "../dataset/dataset_folder.ts";
import { type ImageCache, openImageCache } from "../dataset/image_cache.ts";
import { makeSplit } from "../dataset/make_split.ts";
import type { Entry } from "../dataset/entry.ts";
import { readMetadata } from "../dataset/metadata.ts";
import { NIH_FINDINGS } from "../dataset/nih_findings.ts";
import { PARTS, type Split } from "../dataset/split.ts";
import { readSplit } from "../dataset/split_file.ts";
import type { Settings } from "./settings.ts";

/** What a training reads: entries by part, their images, and the boxes that go with them. */
export interface TrainingData extends Disposable {
  folder: DatasetFolder;
  /** The findings that images are labelled for, in the order of every score. */
  findings: readonly string[];
  /** Every entry whose image is there, before undersampling. */
  entries: readonly Entry[];
  split: Split;
  cache: ImageCache;
  /** The boxes of all images; empty where the folder has none. */
  boxes: readonly Box[];
}

/** How training data are opened. */
export interface TrainingDataOptions {
  /** A `split.csv` to take the parts from, as a resumed run does, instead of splitting anew. */
  splitFile?: string;
  /** Called after each image that is decoded. */
  onProgress?: (done: number, total: number) => void;
  /** Ends the decoding of images. */
  signal?: AbortSignal;
}

/** The settings that say which data a training reads. */
export type DataSettings =
  & Pick<
    Settings,
    | "lists"
    | "keepNormal"
    | "drawNormal"
    | "undersample"
    | "split"
    | "testShare"
    | "skipMissing"
    | "seed"
    | "imageSize"
  >
  & { data: string };

/**
 * Opens a folder in the NIH's layout for training: reads metadata, splits, undersamples, and decodes the images
 * into the cache where they are not there yet.
 *
 * @throws {InputError} For what is wrong with the folder, its files or the settings.
 */
export async function openTrainingData(
  settings: DataSettings,
  { splitFile, ...options }: TrainingDataOptions = {},
): Promise<TrainingData> {
  const folder = await openDatasetFolder(settings.data);
  const all = await readMetadata(folder.metadataFile);
  const entries = entriesWithImage(all, folder, { skipMissing: settings.skipMissing });
  const split = splitFile === undefined
    ? await splitAnew(entries, settings)
    : await readSplit(splitFile, entries);
  const boxes = folder.boxesFile === null ? [] : await readBoxes(folder.boxesFile);
  const names = PARTS.flatMap((part) => split[part].map(({ image }) => image));
  const cache = await openImageCache(folder, names, { size: settings.imageSize, ...options });
  return {
    folder,
    findings: NIH_FINDINGS,
    entries,
    split,
    cache,
    boxes,
    [Symbol.dispose]: () => cache[Symbol.dispose](),
  };
}

function splitAnew(
  entries: readonly Entry[],
  { split: kind, testShare: test, lists, data, ...settings }: DataSettings,
): Promise<Split> {
  const { seed, keepNormal, drawNormal, undersample } = settings;
  return makeSplit(entries, { kind, seed, test, lists: lists ?? data, keepNormal, drawNormal, undersample });
}
