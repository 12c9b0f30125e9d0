import { tf } from "../../lib/tensorflow/mod.ts";

const scope = self as unknown as Worker;

/** Trains a small model of layers with a seed, and answers with its last loss and its predictions. */
scope.onmessage = async ({ data: seed }: MessageEvent<number>) => {
  const dense = (units: number, seed: number) =>
    tf.layers.dense({ units, kernelInitializer: tf.initializers.randomNormal({ seed }) });
  const model = tf.sequential();
  model.add(tf.layers.inputLayer({ inputShape: [8] }));
  model.add(dense(16, seed));
  model.add(dense(1, seed + 1));
  model.compile({ optimizer: tf.train.adam(0.01), loss: "meanSquaredError" });
  const x = tf.randomNormal([32, 8], 0, 1, "float32", seed);
  const y = tf.sum(x, 1, true);
  let loss: unknown;
  for (let step = 0; step < 40; step++) loss = await model.trainOnBatch(x, y);
  scope.postMessage([loss, ...(model.predict(x) as tf.Tensor).dataSync()]);
};
scope.postMessage("ready");
