import { PLAIN_SOURCE } from "../../../lib/dataset/data_set.ts";
import { openImageCache } from "../../../lib/dataset/image_cache.ts";
import { makeSplit } from "../../../lib/dataset/make_split.ts";
import { openDataSet } from "../../../lib/dataset/open_data_set.ts";
import { SUBSETS } from "../../../lib/dataset/split.ts";
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
  const dataSet = await openDataSet({ data: dir, ...PLAIN_SOURCE });
  const folder = await dataSet.findImages();
  const split = await makeSplit(dataSet, { kind: "image", seed: 1 });
  const names = SUBSETS.flatMap((subset) => split[subset].map(({ image }) => image));
  const cache = await openImageCache(folder, names, { size, cacheFolder });
  return {
    ...dataSet,
    folder,
    split,
    cache,
    boxes: [],
    [Symbol.dispose]: () => cache[Symbol.dispose](),
  };
}
