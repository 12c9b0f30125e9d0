import { type Graph, graph, type GraphOptions, tf } from "../tensorflow/mod.ts";
import type { Adam } from "../model/adam.ts";
import { decayMask, forward, type Model } from "../model/model.ts";

/** What a training step minimises and how. */
export interface TrainStepOptions extends Pick<GraphOptions, "precision" | "xla"> {
  /** The loss of logits [n, labels] against the truth [n, labels]. */
  loss(truth: tf.Tensor2D, logits: tf.Tensor2D): tf.Scalar;
  optimizer: Adam;
  /** Weight decay: this times the sum of squares of the decayed weights is added to the loss (Keras' `l2`). */
  l2: number;
  /** Whether batch normalisation keeps to its moving averages. Default: false. */
  frozenStatistics?: boolean;
}

/**
 * One step of training as one graph: forward, loss, gradients, optimiser and moving averages. It takes images
 * [n, size, size, channels] in 0..1, the truth [n, labels] and the learning rate, and gives the loss.
 */
export type TrainStep = Graph<[tf.Tensor, tf.Tensor, tf.Tensor], tf.Scalar>;

/** Makes the training step of a model. */
export function trainStep(model: Model, options: TrainStepOptions): TrainStep {
  const { loss, optimizer, l2, frozenStatistics = false, precision = "float32", xla = false } = options;
  const mask = l2 > 0 ? tf.keep(tf.tensor1d(decayMask(model))) : null;

  function train_step(images: tf.Tensor, truth: tf.Tensor, learningRate: tf.Tensor): tf.Scalar {
    let moving: tf.Tensor1D | null = null;
    const { value, grad } = tf.valueAndGrad((weights: tf.Tensor) => {
      const result = forward(model, images as tf.Tensor4D, {
        training: true,
        frozenStatistics,
        weights: weights as tf.Tensor1D,
      });
      moving = result.moving;
      const fit = loss(truth as tf.Tensor2D, result.logits);
      if (!mask) return fit;
      return tf.add(fit, tf.mul(l2, tf.sum(tf.mul(mask, tf.square(weights)))));
    })(model.weights);
    model.weights.assign(tf.sub(model.weights, optimizer.step(grad as tf.Tensor1D, learningRate)));
    if (moving) {
      model.moving.assign(moving);
      tf.dispose(moving);
    }
    return value as tf.Scalar;
  }

  const step = graph(train_step, { name: "train_step", precision, xla });
  const { dispose } = step;
  step.dispose = () => {
    dispose();
    mask?.dispose();
  };
  return step;
}
