import { join } from "node:path";
import { adam } from "../../lib/model/adam.ts";
import { exportWeights } from "../../lib/model/model.ts";
import { meetPeers } from "../../lib/support/peers.ts";
import {
  allReduce,
  graph,
  joinCluster,
  synchronizedBatchNormalization,
  tf,
} from "../../lib/tensorflow/mod.ts";
import type { Settings } from "../../lib/training/settings.ts";
import { trainStep } from "../../lib/training/train_step.ts";
import { workerGroup } from "../../lib/training/worker_group.ts";
import { wave } from "../model/_formula.ts";
import { batchOf, KERAS, LOSS, modelOf } from "../model/_keras_resnet.ts";

/** What one of two workers found: numbers by name. */
export type Found = Record<string, number[]>;

/** What a step of a network found. */
export interface StepFound {
  gradient: Record<string, number[]>;
  moving: Record<string, number[]>;
  /** The loss, and the fraction of workers that want to stop. */
  result: number[];
}

/** What a worker writes. */
export interface WorkerFound {
  mean: number[];
  normalization: Found;
  steps: Record<"plain" | "bfloat16" | "synchronized", StepFound>;
}

const SHAPE: [number, number, number, number] = [2, 3, 3, 2];

/** Does what the test asks of one of two workers; its arguments are the index, both addresses, and the folder to write into. */
async function work(index: number, addresses: string[], folder: string): Promise<void> {
  const peers = await meetPeers({ addresses, index });
  await joinCluster({ workers: addresses, index });
  await peers.exchange("joined");
  const groupOf = (settings: Partial<Settings>) =>
    workerGroup(peers, { gradientPrecision: "float32", syncBatchNorm: false, ...settings });

  const reduce = graph((x: tf.Tensor) =>
    allReduce(x as tf.Tensor1D, { mean: true, precision: "bfloat16" }) as tf.Tensor
  );
  const mean = await reduce.run(tf.tensor1d(Float32Array.from(wave(`worker ${index}`, 8))));

  const own = (name: string, offsets: number[]) => {
    const half = wave(name, 72).slice(36 * index, 36 * index + 36);
    return tf.tensor4d(Float32Array.from(half, (value, i) => value + offsets[i % 2]!), SHAPE);
  };
  const batch = groupOf({ syncBatchNorm: true }).spreadBatch!;
  const normalize = graph((x: tf.Tensor, dy: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor) => {
    let statistics: tf.Tensor[] = [];
    const normalized = (x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor) => {
      const options = { gamma: gamma as tf.Tensor1D, beta: beta as tf.Tensor1D, epsilon: 1e-3, batch };
      const { y, mean, variance } = synchronizedBatchNormalization(x as tf.Tensor4D, options);
      statistics = [tf.keep(mean), tf.keep(variance)];
      return y as tf.Tensor;
    };
    const { value, grads } = tf.valueAndGrads(normalized)([x, gamma, beta], dy);
    return [value, ...statistics, ...grads];
  });
  const parameters = [tf.tensor1d([0.5, 2]), tf.tensor1d([0.25, -1])] as const;
  const found = await normalize.run(own("x", [1000, -3]), own("dy", [0, 0]), ...parameters) as tf.Tensor[];
  const names = ["y", "mean", "variance", "dx", "dGamma", "dBeta"];

  async function stepOf(settings: Partial<Settings>): Promise<StepFound> {
    const { mean, spreadBatch } = groupOf(settings);
    const model = modelOf(KERAS.small);
    const optimizer = adam(model.weights.size, { beta1: 0 });
    const step = trainStep(model, {
      loss: LOSS,
      optimizer,
      reduce: mean,
      spreadBatch: spreadBatch ?? undefined,
    });
    const { images, truth } = batchOf(KERAS.small);
    const halfOf = <T extends tf.Tensor>(all: T) => tf.split(all, 2)[index] as T;
    const result = await step.run(halfOf(images), halfOf(truth), tf.scalar(0), tf.scalar(index));
    model.weights.assign(optimizer.first);
    const after = exportWeights(model);
    const valuesOf = (isMoving: boolean) => {
      const names = [...after.keys()].filter((name) => name.includes("/moving_") === isMoving);
      return Object.fromEntries(names.map((name) => [name, [...after.get(name)!.data as Float32Array]]));
    };
    return { gradient: valuesOf(false), moving: valuesOf(true), result: [...result.dataSync()] };
  }
  const answer: WorkerFound = {
    mean: [...mean.dataSync()],
    normalization: Object.fromEntries(names.map((name, i) => [name, [...found[i]!.dataSync()]])),
    steps: {
      plain: await stepOf({}),
      bfloat16: await stepOf({ gradientPrecision: "bfloat16" }),
      synchronized: await stepOf({ syncBatchNorm: true }),
    },
  };
  await Deno.writeTextFile(join(folder, `${index}.json`), JSON.stringify(answer));
  await peers.exchange("done");
  await peers.leave();
  Deno.exit(0);
}

if (import.meta.main) await work(Number(Deno.args[0]), Deno.args[1]!.split(","), Deno.args[2]!);
