import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { writeImages } from "../training/_images.ts";

/** Real radiographs, 256x256. */
const NIH = resolve(import.meta.dirname!, "../../../shared/nih-sample/images_001/images");

/** Fills a folder with 256x256 PNGs, real ones where there are any, which is said; their paths, rising. */
export async function manyImages(folder: string, count: number): Promise<string[]> {
  if (!existsSync(NIH)) {
    console.log("No ../shared/nih-sample: images of noise stand in for the real ones");
    await writeImages(folder, { images: count, size: 256, seed: 2 });
    return pngsIn(join(folder, "images"));
  }
  await Deno.mkdir(folder);
  const all = pngsIn(NIH);
  const step = Math.floor(all.length / count);
  for (let i = 0; i < count; i++) {
    const path = all[i * step]!;
    await Deno.copyFile(path, join(folder, path.slice(NIH.length + 1)));
  }
  return pngsIn(folder);
}

function pngsIn(folder: string): string[] {
  const names = [...Deno.readDirSync(folder)].map(({ name }) => name);
  return names.filter((name) => name.endsWith(".png")).sort().map((name) => join(folder, name));
}
