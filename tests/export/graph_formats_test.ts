import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { join } from "node:path";
import { forward } from "../../lib/model/model.ts";
import { exportRun } from "../../lib/runs/export_run.ts";
import { loadRun } from "../../lib/runs/load_run.ts";
import { random } from "../../lib/support/random.ts";
import { tf } from "../../lib/tensorflow/mod.ts";
import "../../lib/tensorflow/tfjs_node.ts";
import { temporaryFolder } from "../_folders.ts";
import { CHROMIUM, startChromium } from "../plots/_chromium.ts";
import { runGraphModel } from "./_stock_tfjs.ts";
import { makeRun, UNCALIBRATED } from "./_untrained_run.ts";

// All networks of the registry are compared by tests/oracles/exported_networks.ts and .py, the SavedModel in Python.

const [IMAGES, SIZE] = [3, 32];
const OUTPUTS = ["features", "grad_cam", "logits", "probabilities", "scores"];

const draw = random(0, "images");
const pixels = Uint8Array.from({ length: IMAGES * SIZE ** 2 }, () => draw.integer(256));
const shape = [IMAGES, SIZE, SIZE, 1] as [number, number, number, number];

async function exported(dir: string) {
  const run = join(dir, "run");
  await makeRun(run, { network: "resnet11v2", imageSize: SIZE });
  await exportRun(run, { format: "saved-model", out: join(dir, "saved-model") });
  await exportRun(run, { format: "tfjs", out: join(dir, "tfjs") });
  const { model, findings } = await loadRun(run);
  const images = tf.tensor4d(Float32Array.from(pixels, (value) => value / 255), shape);
  const logits = forward(model, images, { training: false }).logits.dataSync();
  model.dispose();
  return { run, logits, findings };
}

/** What the exported SavedModel says of the images, as TensorFlow loads and runs it. */
async function runSavedModel(folder: string): Promise<Record<string, ArrayLike<number>>> {
  const { node } = await import("../../lib/tensorflow/tfjs_node.ts");
  const model = await node.loadSavedModel(folder);
  const images = tf.tensor4d(pixels, shape, "int32");
  const outputs = model.predict({ images }) as Record<string, tf.Tensor>;
  const values = Object.fromEntries(Object.entries(outputs).map(([name, t]) => [name, t.dataSync()]));
  model.dispose();
  return values;
}

function furthest(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  equal(found.length, expected.length);
  return Array.from(expected).reduce((most, value, i) => {
    const off = Number.isNaN(value) && Number.isNaN(found[i]!) ? 0 : Math.abs(found[i]! - value);
    return off <= most ? most : off;
  }, 0);
}

Deno.test({
  name: "TensorFlow and stock TensorFlow.js in a page compute from the exported graphs what the network does",
  ignore: CHROMIUM === null,
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async () => {
    await using folder = await temporaryFolder();
    const { logits, findings } = await exported(folder.path);
    const saved = await runSavedModel(join(folder.path, "saved-model"));
    deepEqual(Object.keys(saved).sort(), OUTPUTS);
    ok(furthest(saved.logits!, logits) < 1e-5);
    const uncalibrated = findings.indexOf(UNCALIBRATED);
    deepEqual(
      Array.from(saved.probabilities!).map(Number.isNaN),
      Array.from(logits, (_, i) => i % findings.length === uncalibrated),
    );

    const browser = await startChromium();
    try {
      const { outputs, metadata, backend } = await runGraphModel(browser, join(folder.path, "tfjs"), {
        pixels,
        shape,
        backend: "cpu",
      });
      equal(backend, "cpu");
      deepEqual(JSON.parse(metadata.findings!), findings);
      deepEqual(Object.keys(outputs).sort(), OUTPUTS);
      for (const name of OUTPUTS) ok(furthest(outputs[name]!.values, saved[name]!) < 1e-4, name);
    } finally {
      await browser.close();
    }
  },
});

Deno.test("a format that is a folder replaces no file that it did not write", async () => {
  await using folder = await temporaryFolder();
  const run = join(folder.path, "run");
  await makeRun(run, { network: "resnet11v2", imageSize: SIZE });
  const out = join(folder.path, "mine");
  await Deno.mkdir(out);
  await Deno.writeTextFile(join(out, "model.json"), "mine");
  await rejects(exportRun(run, { format: "tfjs", out }), /model\.json/);
  equal(await Deno.readTextFile(join(out, "model.json")), "mine");
  deepEqual([...Deno.readDirSync(out)].length, 1);
});
