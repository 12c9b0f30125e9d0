import { attributesOf, frozenBatchNormalization, type Normalized } from "./fused.ts";
import { backend, tf } from "./backend.ts";

/** How the statistics of a batch that is spread over several workers are put together, as parts of a graph. */
export interface SpreadBatch {
  /** Each worker's vector: [n] becomes [workers, n], the same on all. */
  gather(x: tf.Tensor1D): tf.Tensor2D;
  /** The mean of a vector over all workers. */
  mean(x: tf.Tensor1D): tf.Tensor1D;
}

/** What {@linkcode synchronizedBatchNormalization} is given. */
export interface SynchronizedBatchNormalizationOptions {
  /** [channels] The scale. */
  gamma: tf.Tensor1D;
  /** [channels] The offset. */
  beta: tf.Tensor1D;
  /** Added to the variance. */
  epsilon: number;
  /** The workers that have the rest of the batch, as many images each. */
  batch: SpreadBatch;
}

/**
 * Batch normalisation in training by the statistics of all workers' images. Each worker's mean and variance around it
 * are exchanged and put together as by Chan, Golub and LeVeque (1983), so that no large squares are subtracted; the
 * gradient exchanges two sums more.
 *
 * @param x [n, height, width, c], of the same shape on every worker.
 */
export function synchronizedBatchNormalization(
  x: tf.Tensor4D,
  { gamma, beta, epsilon, batch }: SynchronizedBatchNormalizationOptions,
): Normalized {
  const { mean, variance } = tf.tidy(() => {
    const own = tf.mean<tf.Tensor1D>(x, [0, 1, 2]);
    const spread = tf.mean<tf.Tensor1D>(tf.square(tf.sub(x, own)), [0, 1, 2]);
    const [means, variances] = tf.split(batch.gather(tf.concat1d([own, spread])), 2, 1);
    const mean = tf.mean<tf.Tensor1D>(means!, 0);
    const between = tf.mean(tf.square(tf.sub(means!, mean)), 0);
    return { mean, variance: tf.add<tf.Tensor1D>(tf.mean(variances!, 0), between) };
  });
  const normalize = tf.customGrad((...given: unknown[]) => {
    const [x, gamma, beta, save] = given as [tf.Tensor4D, tf.Tensor1D, tf.Tensor1D, tf.GradSaveFunc];
    save([x, gamma]);
    return {
      value: frozenBatchNormalization(x, { gamma, beta, mean, variance, epsilon }),
      gradFunc(dy: tf.Tensor, saved: tf.Tensor[]) {
        const [x, gamma] = saved as [tf.Tensor4D, tf.Tensor1D];
        const inputs = [dy, x, gamma, mean, variance, tf.tensor1d([])];
        // By constants: what the statistics' own dependence on x takes off follows.
        const [direct, dGamma, dBeta] = backend().executeMultipleOutputs(
          "FusedBatchNormGradV3",
          attributesOf({ epsilon }, false),
          inputs,
          5,
        ) as [tf.Tensor4D, tf.Tensor1D, tf.Tensor1D];
        const count = x.size / x.shape[3];
        const sums = batch.mean(tf.div(tf.concat1d([dBeta, dGamma]), count));
        const [meanDy, meanDyX] = tf.split(sums, 2);
        const scale = tf.rsqrt(tf.add(variance, epsilon));
        const normalized = tf.mul(tf.sub(x, mean), scale);
        const taken = tf.mul(tf.mul(gamma, scale), tf.add(meanDy!, tf.mul(normalized, meanDyX!)));
        return [tf.sub(direct, taken), dGamma, dBeta];
      },
    };
  });
  return { y: normalize(x, gamma, beta) as tf.Tensor4D, mean, variance };
}
