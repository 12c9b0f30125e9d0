import { Buffer } from "node:buffer";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { csvLine } from "../support/csv.ts";
import { isDraftName, namesIn } from "../support/draft_folder.ts";
import { InputError } from "../support/input_error.ts";
import { sha256, sha256OfFile } from "../support/sha256.ts";
import { openDraft, writeAtomically } from "../support/write_atomically.ts";
import type { Box } from "./box.ts";
import { trailerOf } from "./cache_file.ts";
import { CHECKSUM_BYTES, CONTENT_BYTES, IMAGES_A_BLOCK, RECORD_BYTES } from "./cache_line.ts";
import type { ImageCache } from "./image_cache.ts";
import {
  BOXES_FILE,
  ENTRIES_FILE,
  imagesByFile,
  layoutOf,
  MANIFEST,
  manifestJson,
  type ShardManifest,
} from "./shard_folder.ts";
import { type Split, type Subset, SUBSETS } from "./split.ts";

/** What is divided into shards. */
export interface ShardedData {
  cache: ImageCache;
  split: Split;
  findings: readonly string[];
  boxes: readonly Box[];
}

/** How shards are written. */
export interface WriteShardsOptions {
  /** What else `shards.json` says. */
  manifest: Omit<ShardManifest, "version" | "findings" | "imageSize" | "tables">;
  /** Whether shards that are there are replaced. Default: false. */
  overwrite?: boolean;
  /** Called after each image. */
  onProgress?: (done: number, total: number) => void;
  /** Ends the writing with the signal's reason. */
  signal?: AbortSignal | undefined;
}

/**
 * Writes decoded images with all that training needs of them into a folder: a file for each shard of the training set, one
 * for the validation and one for the test set, entries and bounding boxes, and at last `shards.json`.
 *
 * @throws {InputError} Where something else is in the folder, or shards that are not to be replaced.
 */
export async function writeShards(
  dir: string,
  { cache, split, findings, boxes }: ShardedData,
  { manifest, overwrite = false, onProgress, signal }: WriteShardsOptions,
): Promise<void> {
  const { size } = cache;
  if (manifest.shards > split.training.length) {
    throw new InputError(
      `${manifest.shards} shards are more than the ${split.training.length} images of the training set`,
    );
  }
  const names = Object.fromEntries(
    SUBSETS.map((subset) => [subset, split[subset].map(({ image }) => image)]),
  );
  const files = imagesByFile(names as Record<Subset, string[]>, manifest);
  await prepareFolder(dir, { overwrite });
  const total = SUBSETS.reduce((sum, subset) => sum + split[subset].length, 0);
  let done = 0;
  for (const [name, images] of files) {
    const { file, header } = layoutOf(join(dir, name), { images, size });
    await using draft = await openDraft(file);
    await draft.write(header);
    const records = Buffer.alloc(images.length * RECORD_BYTES);
    for (let start = 0; start < images.length; start += IMAGES_A_BLOCK) {
      signal?.throwIfAborted();
      const block = images.slice(start, start + IMAGES_A_BLOCK);
      const pixels = new Uint8Array(block.length * size * size);
      for (const [i, image] of block.entries()) {
        const own = pixels.subarray(i * size * size, (i + 1) * size * size);
        cache.read(cache.indexOf(image)!, own);
        const at = (start + i) * RECORD_BYTES;
        records.writeUInt32LE(crc32(own), at);
        records.set(Uint8Array.fromHex(sha256(own)).subarray(0, CONTENT_BYTES), at + CHECKSUM_BYTES);
        onProgress?.(++done, total);
      }
      await draft.write(pixels);
      await draft.write(records.subarray(start * RECORD_BYTES, (start + block.length) * RECORD_BYTES));
    }
    await draft.write(trailerOf(header, records));
    await draft.commit();
  }
  await writeEntries(join(dir, ENTRIES_FILE), { split, findings });
  const kept = new Set(Object.values(names).flat());
  const rows = boxes.filter(({ image }) => kept.has(image))
    .map(({ image, label, x, y, width, height }) => csvLine([image, label, x, y, width, height]));
  await writeAtomically(join(dir, BOXES_FILE), ["image,finding,x,y,width,height\n", ...rows].join(""));
  const tables = Object.fromEntries(
    await Promise.all(
      [ENTRIES_FILE, BOXES_FILE].map(async (name) => [name, await sha256OfFile(join(dir, name))]),
    ),
  );
  await writeAtomically(
    join(dir, MANIFEST),
    manifestJson({ ...manifest, imageSize: size, findings: [...findings], tables }),
  );
}

async function writeEntries(
  file: string,
  { split, findings }: Pick<ShardedData, "split" | "findings">,
): Promise<void> {
  await using draft = await openDraft(file);
  await draft.write("image,patient,set,findings,unknown,follow_up,age,sex,view\n");
  const numbers = (names: readonly string[]) => names.map((name) => findings.indexOf(name)).join(" ");
  for (const subset of SUBSETS) {
    for (let start = 0; start < split[subset].length; start += IMAGES_A_BLOCK) {
      const rows = split[subset].slice(start, start + IMAGES_A_BLOCK).map((entry) => {
        const { image, patient, labels, unknown, followUp, age, sex, view } = entry;
        return csvLine([image, patient, subset, numbers(labels), numbers(unknown), followUp, age, sex, view]);
      });
      await draft.write(rows.join(""));
    }
  }
  await draft.commit();
}

/** Makes sure that a folder has nothing but shards, and takes `shards.json` off: what is written is none until it is whole. */
async function prepareFolder(dir: string, { overwrite }: { overwrite: boolean }): Promise<void> {
  await Deno.mkdir(dir, { recursive: true });
  const isOwn = (name: string) =>
    [MANIFEST, ENTRIES_FILE, BOXES_FILE, "validation.images", "test.images"].includes(name) ||
    /^training-\d+-of-\d+\.images$/.test(name);
  const names = (await namesIn(dir)).filter((name) => !isDraftName(name));
  const other = names.find((name) => !isOwn(name));
  if (other !== undefined) {
    throw new InputError(`${dir}: is no folder of shards (${other}): name another place`);
  }
  if (existsSync(join(dir, MANIFEST)) && !overwrite) {
    throw new InputError(`${dir}: has shards already: name another place, or say --overwrite`);
  }
  for (const name of names.sort((a, b) => Number(b === MANIFEST) - Number(a === MANIFEST))) {
    await Deno.remove(join(dir, name));
  }
}
