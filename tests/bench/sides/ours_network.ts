/** Our side of training and inference: ResNet v2 on random images, a step at a time. */
import type { ImageCache } from "../../../lib/dataset/image_cache.ts";
import { NIH_FINDINGS } from "../../../lib/dataset/nih_findings.ts";
import { adam } from "../../../lib/model/adam.ts";
import { createModel } from "../../../lib/model/model.ts";
import { resnetV2 } from "../../../lib/model/resnet_v2.ts";
import { lossNamed } from "../../../lib/model/losses.ts";
import { devices, instructionSets, libraryVersion, tf } from "../../../lib/tensorflow/mod.ts";
import { scoreImages, scorer } from "../../../lib/training/score.ts";
import { trainStep } from "../../../lib/training/train_step.ts";
import { answerCommands, latenciesOf, peakMemory, rateOf } from "./_commands.ts";
import { entriesOf } from "./_entries.ts";

/** As many as Keras' side predicts at once. */
const PREDICTED_BATCHES = 8;

/** What the network is to be. */
export interface NetworkCommand {
  depth: number;
  size: number;
  batch: number;
  precision: "float32" | "bfloat16";
}

function openNetwork({ depth, size, batch, precision }: NetworkCommand) {
  const outputs = NIH_FINDINGS.length;
  const model = createModel(resnetV2({ depth, imageSize: size, outputs }), { seed: 1 });
  const weights = { positive: tf.fill([outputs], 0.9), negative: tf.fill([outputs], 0.1) } as {
    positive: tf.Tensor1D;
    negative: tf.Tensor1D;
  };
  const step = trainStep(model, {
    loss: lossNamed("weighted", { weights }),
    optimizer: adam(model.weights.size),
    l2: 1e-4,
    precision,
  });
  const score = scorer(model, { precision });
  const images = Float32Array.from({ length: batch * size * size }, () => Math.random());
  const truth = Float32Array.from({ length: batch * outputs }, () => Number(Math.random() < 0.1));
  const input = () => tf.tensor4d(images, [batch, size, size, 1]);

  async function train(): Promise<void> {
    const inputs = [input(), tf.tensor2d(truth, [batch, outputs]), tf.scalar(1e-3)] as const;
    const loss = await step.run(...inputs);
    loss.dataSync();
    tf.dispose([...inputs, loss]);
  }

  async function infer(): Promise<void> {
    const given = input();
    const logits = await score.run(given);
    logits.dataSync();
    tf.dispose([given, logits]);
  }

  const names = Array.from({ length: PREDICTED_BATCHES * batch }, (_, i) => `${i}.png`);
  const cache: ImageCache = {
    size,
    names,
    indexOf: (name) => parseInt(name),
    read: (index, into) => {
      for (let i = 0; i < size * size; i++) into[i] = index + 7 * i;
    },
    [Symbol.dispose]() {},
  };
  const entries = entriesOf(names);

  async function predict(): Promise<void> {
    await scoreImages(score, { cache, entries, findings: NIH_FINDINGS }, { batchSize: batch });
  }

  return { train, infer, predict, batch };
}

let network: ReturnType<typeof openNetwork>;

await answerCommands({
  open: (given) => void (network = openNetwork(given as unknown as NetworkCommand)),
  train: async ({ seconds }) => network.batch * await rateOf(network.train, seconds as number),
  infer: async ({ seconds }) => network.batch * await rateOf(network.infer, seconds as number),
  latency: ({ seconds }) => latenciesOf(network.infer, seconds as number),
  predict: async ({ seconds }) =>
    PREDICTED_BATCHES * network.batch * await rateOf(network.predict, seconds as number),
  memory: peakMemory,
  version: libraryVersion,
  devices,
  instructions() {
    const sets = instructionSets();
    return sets && [...sets];
  },
});
