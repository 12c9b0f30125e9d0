import { existsSync } from "node:fs";
import * as z from "zod";
import {
  fitLikeness,
  LAYOUT_SIZE,
  layoutOf,
  type LikenessReference,
  type Signature,
} from "../evaluation/likeness.ts";
import { scoresAndFeatures } from "../model/features.ts";
import { InputError } from "../support/input_error.ts";
import { random } from "../support/random.ts";
import { graph, tf } from "../tensorflow/mod.ts";
import { type RunFolder, writeRunFiles } from "../training/run_folder.ts";
import { readSafetensors, safetensorsFile } from "../weight_files/safetensors.ts";
import { progressOf, type RunContext } from "./reporter.ts";
import type { Run } from "./run.ts";

/** What a run keeps of its images, so that others can be compared with them later. */
export interface RunReference {
  /** What validation images are like; null where they were too few. */
  likeness: LikenessReference | null;
}

/** The most validation images that are kept: the distance to the nearest of them is worked out for each image. */
const MOST_IMAGES = 1000;

/** What the file says beside its tensors. */
const METADATA = z.object({
  version: z.literal("1"),
  distance: z.coerce.number().positive().optional(),
  correlation: z.coerce.number().optional(),
});

/** Describes the validation images of a run by its network's last features, and writes `reference.safetensors`. */
export async function writeReference(run: Run, context: RunContext = {}): Promise<void> {
  const { folder } = run;
  const likeness = fitLikeness(await signatures(run, context));
  await writeRunFiles(folder, { [folder.reference]: referenceFile(likeness) }, run);
}

function referenceFile(likeness: LikenessReference | null): Uint8Array {
  if (likeness === null) return safetensorsFile(new Map(), { metadata: { version: "1" } });
  const { channels, directions, layout, limits: { distance, correlation } } = likeness;
  return safetensorsFile(
    new Map([
      ["directions", { dtype: "F32", shape: [directions.length / channels, channels], data: directions }],
      ["layout", { dtype: "F32", shape: [LAYOUT_SIZE, LAYOUT_SIZE], data: layout }],
    ]),
    { metadata: { version: "1", distance: String(distance), correlation: String(correlation) } },
  );
}

/** The signatures of a run's validation images, or of some that are drawn by its seed where there are many. */
async function signatures(
  { settings, model, data: { cache, split } }: Run,
  { signal, ...context }: RunContext,
): Promise<Signature[]> {
  const { batchSize, seed } = settings;
  const { size } = cache;
  const { onProgress } = progressOf(context, "Describing");
  const drawn = random(seed, "reference").shuffle(split.validation.slice()).slice(0, MOST_IMAGES);
  const found: Signature[] = [];
  const pixels = new Uint8Array(size * size);
  const describe = graph(
    (images: tf.Tensor) => scoresAndFeatures(model, images as tf.Tensor4D).features as tf.Tensor,
    { precision: settings.precision, xla: settings.xla, name: "describe" },
  );
  try {
    for (let start = 0; start < drawn.length; start += batchSize) {
      signal?.throwIfAborted();
      const some = drawn.slice(start, start + batchSize);
      const batch = new Float32Array(batchSize * size * size);
      const layouts = some.map(({ image }, i) => {
        cache.read(cache.indexOf(image)!, pixels);
        pixels.forEach((value, pixel) => batch[i * pixels.length + pixel] = value / 255);
        return layoutOf(pixels, size);
      });
      const input = tf.tensor4d(batch, [batchSize, size, size, 1]);
      const output = await describe.run(input).finally(() => input.dispose());
      const [features, channels] = [output.dataSync() as Float32Array, output.shape[1]!];
      output.dispose();
      layouts.forEach((layout, i) =>
        found.push({ features: features.slice(i * channels, (i + 1) * channels), layout })
      );
      onProgress(found.length, drawn.length);
    }
  } finally {
    describe.dispose();
  }
  return found;
}

/**
 * Reads a run's `reference.safetensors`.
 *
 * @returns null where the run has none, as runs of older versions.
 * @throws {InputError} Where it is damaged.
 */
export async function readReference({ reference: file }: RunFolder): Promise<RunReference | null> {
  if (!existsSync(file)) return null;
  const { tensors, metadata } = await readSafetensors(file);
  const { data: found } = METADATA.safeParse(metadata);
  if (found === undefined) throw new InputError(`${file}: is no description of a run's images`);
  const [directions, layout] = [tensors.get("directions"), tensors.get("layout")];
  const { distance, correlation } = found;
  if (directions === undefined) return { likeness: null };
  const channels = directions.shape[1];
  if (
    directions.dtype !== "F32" || layout?.dtype !== "F32" || layout.data.length !== LAYOUT_SIZE ** 2 ||
    channels === undefined || distance === undefined || correlation === undefined
  ) throw new InputError(`${file}: damaged`);
  const limits = { distance, correlation };
  return { likeness: { channels, directions: directions.data, layout: layout.data, limits } };
}
