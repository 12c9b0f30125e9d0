/** One of several workers that train ResNet v2 on random images together, through TensorFlow's collective runtime. */
import process from "node:process";
import { NIH_FINDINGS } from "../../../lib/dataset/nih_findings.ts";
import { adam } from "../../../lib/model/adam.ts";
import { lossNamed } from "../../../lib/model/losses.ts";
import { createModel } from "../../../lib/model/model.ts";
import { resnetV2 } from "../../../lib/model/resnet_v2.ts";
import { meetPeers } from "../../../lib/support/peers.ts";
import { joinCluster, libraryVersion, tf } from "../../../lib/tensorflow/mod.ts";
import { trainStep } from "../../../lib/training/train_step.ts";
import { workerGroup } from "../../../lib/training/worker_group.ts";
import { answerCommands } from "./_commands.ts";

/** What a worker is to train. */
export interface WorkerCommand {
  depth: number;
  filters: number;
  size: number;
  /** Images of this worker's part of a batch. */
  batch: number;
  addresses: string[];
  index: number;
}

/** What steps took, a step on average, in seconds. */
export interface StepCost {
  /** Of this process, on all its threads. */
  processor: number;
  wall: number;
}

async function openWorker({ depth, filters, size, batch, addresses, index }: WorkerCommand) {
  const peers = addresses.length === 1 ? null : await meetPeers({ addresses, index });
  if (peers) {
    await joinCluster({ workers: addresses, index });
    await peers.exchange("joined");
  }
  const group = peers && workerGroup(peers, { gradientPrecision: "float32", syncBatchNorm: false });
  const outputs = NIH_FINDINGS.length;
  const model = createModel(resnetV2({ depth, filters, imageSize: size, outputs }), { seed: 1 });
  const weights = { positive: tf.fill([outputs], 0.9), negative: tf.fill([outputs], 0.1) } as {
    positive: tf.Tensor1D;
    negative: tf.Tensor1D;
  };
  const options = {
    loss: lossNamed("weighted", { weights }),
    optimizer: adam(model.weights.size),
    l2: 1e-4,
  };
  const alone = trainStep(model, options);
  const together = group ? trainStep(model, { ...options, reduce: group.mean }) : alone;
  const images = tf.tensor4d(
    Float32Array.from({ length: batch * size * size }, () => Math.random()),
    [batch, size, size, 1],
  );
  const truth = tf.tensor2d(
    Float32Array.from({ length: batch * outputs }, () => Number(Math.random() < 0.1)),
    [batch, outputs],
  );

  async function train(communicates: boolean): Promise<void> {
    const [rate, stop] = [tf.scalar(1e-3), tf.scalar(0)];
    const result =
      await (communicates && group
        ? together.run(images, truth, rate, stop)
        : alone.run(images, truth, rate));
    result.dataSync();
    tf.dispose([rate, stop, result]);
  }

  async function steps(count: number, communicates: boolean): Promise<StepCost> {
    const [before, start] = [process.cpuUsage(), performance.now()];
    for (let i = 0; i < count; i++) await train(communicates);
    const { user, system } = process.cpuUsage(before);
    return { processor: (user + system) / 1e6 / count, wall: (performance.now() - start) / 1000 / count };
  }
  return { steps, parameters: model.weights.size };
}

let worker: Awaited<ReturnType<typeof openWorker>>;

await answerCommands({
  async open(given) {
    worker = await openWorker(given as unknown as WorkerCommand);
    return worker.parameters;
  },
  steps: ({ count, communicates }) => worker.steps(count as number, communicates as boolean),
  version: libraryVersion,
});
Deno.exit(0);
