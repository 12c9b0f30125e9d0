/** Our side of how cost grows with the number of images: their cache is built, and a small network sees each once. */
import { DEFAULT_AUGMENTATION } from "../../../lib/dataset/augmentation.ts";
import { batches } from "../../../lib/dataset/batches.ts";
import { openImageCache } from "../../../lib/dataset/image_cache.ts";
import { NIH_FINDINGS } from "../../../lib/dataset/nih_findings.ts";
import { adam } from "../../../lib/model/adam.ts";
import { lossNamed } from "../../../lib/model/losses.ts";
import { createModel } from "../../../lib/model/model.ts";
import { resnetV2 } from "../../../lib/model/resnet_v2.ts";
import { tf } from "../../../lib/tensorflow/mod.ts";
import { trainStep } from "../../../lib/training/train_step.ts";
import { answerCommands, type Command, peakMemory } from "./_commands.ts";
import { entriesOf } from "./_entries.ts";

const SIZE = 32;
const BATCH = 32;

/** Gives images a second, and the most memory that the process had. */
async function epoch({ paths, images: count }: Command): Promise<{ rate: number; memory: number }> {
  const files = paths as string[];
  const names = Array.from({ length: count as number }, (_, i) => `${i}.png`);
  const images = new Map(names.map((name, i) => [name, files[i % files.length]!]));
  const entries = entriesOf(names);
  const folder = { dir: "", metadataFile: "", boxesFile: null, trainValList: null, testList: null, images };
  const cacheFolder = await Deno.makeTempDir();
  using cache = await openImageCache(folder, names, { size: SIZE, cacheFolder });
  const model = createModel(resnetV2({ depth: 11, imageSize: SIZE, outputs: NIH_FINDINGS.length }), {
    seed: 1,
  });
  const weights = { positive: tf.ones([NIH_FINDINGS.length]), negative: tf.ones([NIH_FINDINGS.length]) };
  const step = trainStep(model, {
    loss: lossNamed("weighted", { weights: weights as { positive: tf.Tensor1D; negative: tf.Tensor1D } }),
    optimizer: adam(model.weights.size),
  });
  const training = { seed: 1, epoch: 1, augmentation: DEFAULT_AUGMENTATION };
  const start = performance.now();
  for (
    const { images, labels } of batches(cache, entries, {
      findings: NIH_FINDINGS,
      batchSize: BATCH,
      training,
      dropRemainder: true,
    })
  ) {
    const inputs = [
      tf.tensor4d(images, [BATCH, SIZE, SIZE, 1]),
      tf.tensor2d(labels, [BATCH, NIH_FINDINGS.length]),
      tf.scalar(1e-3),
    ] as const;
    tf.dispose([...inputs, await step.run(...inputs)]);
  }
  const rate = names.length / ((performance.now() - start) / 1000);
  await Deno.remove(cacheFolder, { recursive: true });
  return { rate, memory: peakMemory() };
}

await answerCommands({ epoch });
