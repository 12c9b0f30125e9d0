/** Our side of building the image cache. */
import { openImageCache } from "../../../lib/dataset/image_cache.ts";
import { answerCommands, type Command } from "./_commands.ts";

async function build({ paths, size }: Command): Promise<number> {
  const images = new Map((paths as string[]).map((path, i) => [`${i}.png`, path]));
  const folder = { dir: "", metadataFile: "", boxesFile: null, trainValList: null, testList: null, images };
  const cacheFolder = await Deno.makeTempDir();
  const start = performance.now();
  using _cache = await openImageCache(folder, [...images.keys()], { size: size as number, cacheFolder });
  const seconds = (performance.now() - start) / 1000;
  await Deno.remove(cacheFolder, { recursive: true });
  return seconds;
}

await answerCommands({ build });
