import { openDatasetFolder } from "../../../lib/dataset/dataset_folder.ts";
import { NIH_FINDINGS } from "../../../lib/dataset/nih_findings.ts";
import { openImageCache } from "../../../lib/dataset/image_cache.ts";
import { makeSplit } from "../../../lib/dataset/make_split.ts";
import { readMetadata } from "../../../lib/dataset/metadata.ts";
import { PARTS } from "../../../lib/dataset/split.ts";
import type { TrainingData } from "../../../lib/training/training_data.ts";

/** Which images are opened, and where their cache is. */
export interface DataCommand {
  /** A folder in the NIH's layout. */
  folder: string;
  cacheFolder: string;
  /** Height and width of the images in the cache. */
  size: number;
}

/** Opens a folder for training as `deno task train` does, with its cache in a place of its own. */
export async function openData({ folder: dir, cacheFolder, size }: DataCommand): Promise<TrainingData> {
  const folder = await openDatasetFolder(dir);
  const entries = await readMetadata(folder.metadataFile);
  const split = await makeSplit(entries, { kind: "image", seed: 1 });
  const names = PARTS.flatMap((part) => split[part].map(({ image }) => image));
  const cache = await openImageCache(folder, names, { size, cacheFolder });
  return {
    folder,
    findings: NIH_FINDINGS,
    entries,
    split,
    cache,
    boxes: [],
    [Symbol.dispose]: () => cache[Symbol.dispose](),
  };
}
