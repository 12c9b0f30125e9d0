import assert from "node:assert/strict";
import { basename } from "node:path";
import type { CDPSession, Page } from "playwright-core";
import { prepareImage } from "../../lib/dataset/preparation.ts";
import { readImage } from "../../lib/dataset/read_image.ts";
import { saliency } from "../../lib/explanation/saliency.ts";
import { scoresAndFeatures } from "../../lib/model/features.ts";
import { loadRun } from "../../lib/runs/load_run.ts";
import { tf } from "../../lib/tensorflow/mod.ts";

/** What a network makes of an image. */
export interface Scored {
  name: string;
  /** What the network is given: uint8 [imageSize, imageSize]. */
  pixels: number[];
  logits: number[];
  /** Grad-CAM's map of each finding, one after the other, each divided by its largest value. */
  maps: number[];
  /** How many tensors the page has in memory; 0 for the library. */
  tensors: number;
}

/** Makes a page keep what it scores from now on. */
export async function keepScored(page: Page): Promise<void> {
  await page.evaluate(`{
    globalThis.scored = [];
    document.querySelector(".app").addEventListener("scored", ({ detail: { name, pixels, scores, tensors } }) => {
      const { logits, maps, side } = scores;
      const all = maps["grad-cam"], each = side * side, scaled = [];
      for (let start = 0; start < all.length; start += each) {
        const map = [...all.subarray(start, start + each)];
        const largest = Math.max(...map);
        for (const value of map) scaled.push(largest > 0 ? value / largest : 0);
      }
      scored.push({ name: name.split("/").at(-1), pixels: [...pixels], logits: [...logits], maps: scaled, tensors });
    });
  }`);
}

/** Waits until a page has scored so many images more, and takes them from it. */
export async function takeScored(page: Page, count: number): Promise<Scored[]> {
  return await page.evaluate(`new Promise((resolve, reject) => {
    const end = performance.now() + 120_000;
    (function look() {
      if (scored.length >= ${count}) resolve(scored.splice(0));
      else if (performance.now() > end) reject(new Error(scored.length + " of ${count} images were scored"));
      else setTimeout(look, 20);
    })();
  })`) as Scored[];
}

/** What the library makes of images by TensorFlow's C library: pixels as in the image cache, maps by gradients. */
export async function scoredByLibrary(run: string, paths: readonly string[]): Promise<Scored[]> {
  const { model, settings: { imageSize: size } } = await loadRun(run);
  const explain = saliency(model);
  const prepared = await Promise.all(
    paths.map(async (path) => prepareImage((await readImage(path)).image, { size, preparation: "squeezed" })),
  );
  const { outputs } = model.network;
  const found: Scored[] = [];
  for (const [i, { pixels, values }] of prepared.entries()) {
    const image = tf.tensor4d(values, [1, size, size, 1]);
    const labels = tf.tensor2d([[...Array(outputs).keys()]], undefined, "int32");
    const maps = await explain(image, labels);
    const logits = tf.tidy(() => scoresAndFeatures(model, image).logits.dataSync());
    found.push({
      name: basename(paths[i]!),
      ...{ pixels: [...pixels], logits: [...logits], maps: [...await maps.data()], tensors: 0 },
    });
    tf.dispose([image, labels, maps]);
  }
  explain.dispose();
  model.dispose();
  return found;
}

/** By how much a page's pixels, logits and maps differ from the library's at most. */
export function mostOff(
  found: readonly Scored[],
  expected: readonly Scored[],
): Record<"pixels" | "logits" | "maps", number> {
  const most = { pixels: 0, logits: 0, maps: 0 };
  for (const wanted of expected) {
    const one = found.find(({ name }) => name === wanted.name);
    assert(one !== undefined, `${wanted.name} was not scored`);
    for (const what of ["pixels", "logits", "maps"] as const) {
      assert.equal(one[what].length, wanted[what].length, `${what} of ${wanted.name}`);
      one[what].forEach((value, i) => {
        const off = Math.abs(value - wanted[what][i]!);
        if (!(off <= most[what])) most[what] = off;
      });
    }
  }
  return most;
}

/** Drops files and folders of the disk on a page, as a person does. */
export async function drop(session: CDPSession, paths: readonly string[]): Promise<void> {
  const data = { items: [], files: [...paths], dragOperationsMask: 1 };
  for (const type of ["dragEnter", "dragOver", "drop"] as const) {
    await session.send("Input.dispatchDragEvent", { type, x: 300, y: 300, data });
  }
}

/** Bytes that a page's objects and arrays take, after what nobody needs is collected. */
export async function memoryOf(session: CDPSession): Promise<number> {
  await session.send("HeapProfiler.collectGarbage");
  const { usedSize, backingStorageSize } = await session.send("Runtime.getHeapUsage") as {
    usedSize: number;
    backingStorageSize: number;
  };
  return usedSize + backingStorageSize;
}
