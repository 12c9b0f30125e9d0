/** Our side of the first step: all that training does before its first step has ended, from images in the cache. */
import { batches } from "../../../lib/dataset/batches.ts";
import { NIH_FINDINGS } from "../../../lib/dataset/nih_findings.ts";
import { labelWeights } from "../../../lib/dataset/label_weights.ts";
import { adam } from "../../../lib/model/adam.ts";
import { lossNamed } from "../../../lib/model/losses.ts";
import { createModel } from "../../../lib/model/model.ts";
import { resnetV2 } from "../../../lib/model/resnet_v2.ts";
import { tf } from "../../../lib/tensorflow/mod.ts";
import { trainStep } from "../../../lib/training/train_step.ts";
import { answerCommands } from "./_commands.ts";
import { type DataCommand, openData } from "./_training_data.ts";

async function firstStep(command: DataCommand & { depth: number; batch: number }): Promise<number> {
  const { depth, size, batch: batchSize } = command;
  using data = await openData(command);
  const { positive, negative } = labelWeights(data.split.training, data.findings);
  const model = createModel(resnetV2({ depth, imageSize: size, outputs: NIH_FINDINGS.length }), { seed: 1 });
  const step = trainStep(model, {
    loss: lossNamed("weighted", {
      weights: { positive: tf.tensor1d(positive), negative: tf.tensor1d(negative) },
    }),
    optimizer: adam(model.weights.size),
    l2: 1e-4,
  });
  const training = { seed: 1, epoch: 1 };
  const batch = batches(data.cache, data.split.training, { findings: data.findings, batchSize, training })
    .next().value!;
  const images = tf.tensor4d(batch.images, [batchSize, size, size, 1]);
  const loss = await step.run(
    images,
    tf.tensor2d(batch.labels, [batchSize, NIH_FINDINGS.length]),
    tf.scalar(1e-3),
  );
  return loss.dataSync()[0]!;
}

await answerCommands({ step: (given) => firstStep(given as unknown as Parameters<typeof firstStep>[0]) });
