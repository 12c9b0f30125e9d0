import type { Browser } from "playwright-core";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** TensorFlow.js as a page gets it, in one file. */
const TFJS = join(dirname(createRequire(import.meta.url).resolve("@tensorflow/tfjs")), "tf.min.js");

/** Where the browser believes the folder to lie. */
const PLACE = "http://model.test/";

/** What a graph model gave. */
export interface GraphModelRun {
  /** The backend that was asked for. */
  backend: string;
  outputs: Record<string, { shape: number[]; values: number[] }>;
  metadata: Record<string, string>;
}

/**
 * Loads a folder of a graph model by stock TensorFlow.js in a page, which fetches its files, and runs it.
 *
 * @param pixels [images, size, size, 1], 0 to 255.
 */
export async function runGraphModel(
  browser: Browser,
  folder: string,
  { pixels, shape, backend }: { pixels: Uint8Array; shape: number[]; backend: "cpu" | "webgl" },
): Promise<GraphModelRun> {
  const page = await browser.newPage();
  try {
    await page.route(`${PLACE}**`, async (route) => {
      const name = new URL(route.request().url()).pathname.slice(1);
      if (name === "") return await route.fulfill({ contentType: "text/html", body: "<!doctype html>" });
      await route.fulfill({ body: Buffer.from(await Deno.readFile(join(folder, name))) });
    });
    await page.goto(PLACE);
    await page.addScriptTag({ path: TFJS });
    return await page.evaluate(async ({ pixels, shape, backend, url }) => {
      // deno-lint-ignore no-explicit-any
      const { tf } = globalThis as any;
      await tf.setBackend(backend);
      const model = await tf.loadGraphModel(url);
      const names: string[] = model.outputs.map(({ name }: { name: string }) => name);
      const results = model.execute(tf.tensor4d(pixels, shape), names);
      const outputs: Record<string, { shape: number[]; values: number[] }> = {};
      for (const [i, name] of names.entries()) {
        outputs[name] = { shape: results[i].shape, values: [...await results[i].data()] };
      }
      return { backend: tf.getBackend(), outputs, metadata: model.artifacts.userDefinedMetadata };
    }, { pixels: [...pixels], shape, backend, url: `${PLACE}model.json` });
  } finally {
    await page.close();
  }
}
