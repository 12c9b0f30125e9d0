/** Our side of how opening an image cache grows: a sparse file stands for the pixels, and no image is there to decode. */
import { createHash } from "node:crypto";
import process from "node:process";
import { crc32 } from "node:zlib";
import { batches } from "../../../lib/dataset/batches.ts";
import { cacheKey } from "../../../lib/dataset/cache_key.ts";
import { recordsOf, trailerOf } from "../../../lib/dataset/cache_file.ts";
import {
  cacheBytes,
  cacheLine,
  CHECKSUM_BYTES,
  CONTENT_BYTES,
  IMAGES_A_BLOCK,
  positionOf,
  RECORD_BYTES,
  TRAILER_BYTES,
} from "../../../lib/dataset/cache_line.ts";
import { openImageCache } from "../../../lib/dataset/image_cache.ts";
import { NIH_FINDINGS } from "../../../lib/dataset/nih_findings.ts";
import { answerCommands, type Command, peakMemory } from "./_commands.ts";
import { entriesOf } from "./_entries.ts";

const SIZE = 128;
const BATCH = 32;

/** As many images as are asked for; all are said to lie in one file, whose folder was there long before. */
function imagesOf({ dir, images }: Command) {
  const path = `${dir}/pixels/all.bin`;
  const names = Array.from({ length: images as number }, (_, i) => `${String(i).padStart(8, "0")}.png`);
  const read = (): never => {
    throw new Error("No image is to be decoded");
  };
  return {
    names,
    path,
    folder: { dir: dir as string, images: new Map(names.map((name) => [name, path])), read },
  };
}

/** Makes the file of a cache whose pixels are all 0, which takes no place on the disk. */
async function make(command: Command): Promise<void> {
  const { names, path, folder } = imagesOf(command);
  const cacheFolder = `${command.dir}/cache`;
  await Deno.mkdir(cacheFolder, { recursive: true });
  await Deno.mkdir(`${command.dir}/pixels`, { recursive: true });
  // As large as a radiograph, so that as many are compared when the cache is opened.
  const radiograph = new Uint8Array(400_000);
  await Deno.writeFile(path, radiograph);
  // Folders that were changed a moment ago are not relied on.
  await new Promise((resolve) => setTimeout(resolve, 2500));
  const { key, remember } = cacheKey(folder, names, {
    version: 3,
    size: SIZE,
    cacheFolder,
    looksAtAll: true,
  });
  const records = new Uint8Array(names.length * RECORD_BYTES);
  const record = new Uint8Array(RECORD_BYTES);
  new DataView(record.buffer).setUint32(0, crc32(new Uint8Array(SIZE * SIZE)), true);
  const content = createHash("sha256").update(radiograph).digest();
  record.set(content.subarray(0, CONTENT_BYTES), CHECKSUM_BYTES);
  for (let image = 0; image < names.length; image++) records.set(record, image * RECORD_BYTES);
  const header = new TextEncoder().encode(cacheLine({ size: SIZE, images: names.length, key }));
  using file = await Deno.create(`${cacheFolder}/${SIZE}-${key}.images`);
  const put = (position: number, bytes: Uint8Array) => {
    file.seekSync(position, Deno.SeekMode.Start);
    for (let written = 0; written < bytes.length;) written += file.writeSync(bytes.subarray(written));
  };
  put(0, header);
  for (let start = 0; start < names.length; start += IMAGES_A_BLOCK) {
    const count = Math.min(IMAGES_A_BLOCK, names.length - start);
    put(positionOf(start, SIZE) + count * SIZE * SIZE, recordsOf(records, start, count));
  }
  put(cacheBytes({ size: SIZE, images: names.length }) - TRAILER_BYTES, trailerOf(header, records));
  await remember();
}

/** Opens it and takes the first batch of an epoch, with the memory that ten batches more leave. */
async function open(command: Command) {
  const { names, folder } = imagesOf(command);
  const entries = entriesOf(names);
  const cpu = process.cpuUsage();
  const start = performance.now();
  using cache = await openImageCache(folder, names, { size: SIZE, cacheFolder: `${command.dir}/cache` });
  const epoch = batches(cache, entries, {
    findings: NIH_FINDINGS,
    batchSize: BATCH,
    training: { seed: 1, epoch: 1 },
  });
  epoch.next();
  const { user, system } = process.cpuUsage(cpu);
  const wall = (performance.now() - start) / 1000;
  for (let batch = 0; batch < 10; batch++) epoch.next();
  return { seconds: (user + system) / 1e6, wall, memory: peakMemory() };
}

await answerCommands({ make, open });
