import { type Graph, graph, type GraphOptions, type SpreadBatch, tf } from "../tensorflow/mod.ts";
import type { Adam } from "../model/adam.ts";
import { decayMask, forward, type Model, sizeOf } from "../model/model.ts";

/** What a training step minimises and how. */
export interface TrainStepOptions extends Pick<GraphOptions, "precision" | "xla"> {
  /** The loss of logits [n, labels] against the truth [n, labels]. */
  loss(truth: tf.Tensor2D, logits: tf.Tensor2D): tf.Scalar;
  /** The optimizer with its state. */
  optimizer: Adam;
  /** This times the sum of squares of the decayed weights is added to the loss (Keras' `l2`). Default: 0. */
  l2?: number;
  /** This fraction of the decayed weights, times the learning rate, is taken off at each step (AdamW: Loshchilov and Hutter, 2019). Default: 0. */
  weightDecay?: number;
  /** The learning rate of the first layer as a fraction of the last one's; it grows by a constant factor. Default: 1. */
  firstLayerRate?: number;
  /** Whether only the last layer learns. The others then keep their moving averages too. Default: false. */
  headOnly?: boolean;
  /** Whether batch normalisation keeps to its moving averages. Default: `headOnly`. */
  frozenStatistics?: boolean;
  /** How much of batch normalisation's moving averages stays at each step. Default: Keras' 0.99. */
  momentum?: number;
  /**
   * Into how many equal shards a batch is divided, whose gradients, running statistics and losses are averaged, as so
   * many workers do. Default: 1.
   */
  shards?: number;
  /**
   * The mean over all workers, a part of the graph: of [gradient, running statistics, loss, stop], of which `exactFrom` and
   * all after it is never rounded. Unless given, this process works alone.
   */
  reduce?: ((packed: tf.Tensor1D, exactFrom: number) => tf.Tensor1D) | undefined;
  /** The workers over whose images batch normalisation takes its statistics. Unless given, over each shard's own. */
  spreadBatch?: SpreadBatch | undefined;
}

/**
 * One step of training as one graph: forward, loss, gradients, optimiser and moving averages. It takes images
 * [n, size, size, channels] in 0..1, the truth [n, labels] and the learning rate, and gives the loss. With workers it also
 * takes whether this one wants to stop, 0 or 1, and gives [loss, fraction of the workers that want to stop].
 */
export type TrainStep = Graph<
  [images: tf.Tensor, truth: tf.Tensor, learningRate: tf.Tensor, ...stop: tf.Tensor[]],
  tf.Tensor
>;

/** Makes the training step of a model. */
export function trainStep(model: Model, options: TrainStepOptions): TrainStep {
  const { loss, optimizer, l2 = 0, weightDecay = 0, firstLayerRate = 1, headOnly = false } = options;
  const { frozenStatistics = headOnly, momentum = 0.99, precision = "float32", xla = false } = options;
  const { shards = 1, reduce, spreadBatch } = options;
  const { weights } = model;
  const constants = {
    decayed: l2 > 0 || weightDecay > 0 ? tf.keep(tf.tensor1d(decayMask(model))) : null,
    rates: firstLayerRate < 1 ? tf.keep(tf.tensor1d(layerRates(model, firstLayerRate))) : null,
  };
  const fixed = headOnly ? weights.size - headSize(model) : 0;

  /** The loss and its gradient [weights], zero where weights are fixed. */
  function lossAndGradient(images: tf.Tensor, truth: tf.Tensor) {
    let moving: tf.Tensor1D | null = null;
    const of = (learning: tf.Tensor) => {
      const all = fixed === 0
        ? learning
        : tf.concat1d([tf.slice1d(weights, 0, fixed), learning as tf.Tensor1D]);
      const result = forward(model, images as tf.Tensor4D, {
        training: true,
        frozenStatistics,
        momentum,
        spreadBatch,
        weights: all as tf.Tensor1D,
      });
      moving = result.moving;
      const fit = loss(truth as tf.Tensor2D, result.logits);
      if (l2 === 0) return fit;
      return tf.add(fit, tf.mul(l2, tf.sum(tf.mul(constants.decayed!, tf.square(all))))) as tf.Scalar;
    };
    const { value, grad } = tf.valueAndGrad(of)(fixed === 0 ? weights : tf.slice1d(weights, fixed, -1));
    const gradient = fixed === 0 ? grad : tf.concat1d([tf.zeros([fixed]), grad as tf.Tensor1D]);
    return {
      value: value as tf.Scalar,
      gradient: gradient as tf.Tensor1D,
      moving: moving as tf.Tensor1D | null,
    };
  }

  /** The means over shards and workers; `stop` is null without workers. */
  function meanOfShards(images: tf.Tensor, truth: tf.Tensor, stop: tf.Tensor | undefined) {
    if (shards === 1 && !reduce) return { ...lossAndGradient(images, truth), stop: null };
    const truths = tf.split(truth, shards);
    const found = tf.split(images, shards).map((shard, i) => lossAndGradient(shard, truths[i]!));
    const vectors = found.map(({ gradient, moving, value }) => {
      const packed = tf.concat1d([
        gradient,
        ...(moving ? [moving] : []),
        tf.reshape(value, [1]) as tf.Tensor1D,
      ]);
      tf.dispose(moving ?? []);
      return packed;
    });
    const sum = vectors.reduce((sum, vector) => tf.add(sum, vector) as tf.Tensor1D);
    let mean = shards === 1 ? sum : tf.div(sum, shards) as tf.Tensor1D;
    if (reduce) mean = reduce(tf.concat1d([mean, tf.reshape(stop!, [1]) as tf.Tensor1D]), weights.size);
    const statistics = found[0]!.moving?.size ?? 0;
    const sizes = [weights.size, statistics, 1, reduce ? 1 : 0];
    const [gradient, moving, value, stopped] = tf.split(mean, sizes) as [
      tf.Tensor1D,
      tf.Tensor1D,
      tf.Tensor1D,
      tf.Tensor1D,
    ];
    return {
      value: tf.reshape(value, []) as tf.Scalar,
      gradient,
      moving: statistics === 0 ? null : tf.keep(moving),
      stop: reduce ? stopped : null,
    };
  }

  function train_step(
    images: tf.Tensor,
    truth: tf.Tensor,
    learningRate: tf.Tensor,
    ...[wantsStop]: tf.Tensor[]
  ): tf.Tensor {
    const { value, gradient, moving, stop } = meanOfShards(images, truth, wantsStop);
    let update: tf.Tensor = optimizer.step(gradient, learningRate);
    if (weightDecay > 0 && !headOnly) {
      const decay = tf.mul(tf.mul(constants.decayed!, weights), tf.mul(learningRate, weightDecay));
      update = tf.add(update, decay);
    }
    if (constants.rates) update = tf.mul(update, constants.rates);
    weights.assign(tf.sub(weights, update));
    if (moving) {
      model.moving.assign(moving);
      tf.dispose(moving);
    }
    return stop ? tf.concat1d([tf.reshape(value, [1]) as tf.Tensor1D, stop]) : value;
  }

  const step = graph(train_step, { name: "train_step", precision, xla });
  const { dispose } = step;
  step.dispose = () => {
    dispose();
    tf.dispose(Object.values(constants).filter((constant) => constant !== null));
  };
  return step;
}

/** The number of weights of a network's last layer, which end the vector. */
function headSize({ network, parameters }: Model): number {
  return parameters.filter(({ name }) => name.startsWith(`${network.head}/`))
    .reduce((sum, { shape }) => sum + sizeOf(shape), 0);
}

/** Each weight's fraction of the learning rate: `first` in the first layer, 1 in the last, growing by a constant factor. */
function layerRates({ parameters }: Model, first: number): Float32Array {
  const layers = [...new Set(parameters.map(({ name }) => layerOf(name)))];
  const rates = new Float32Array(parameters.reduce((sum, { shape }) => sum + sizeOf(shape), 0));
  let start = 0;
  for (const { name, shape } of parameters) {
    const place = layers.indexOf(layerOf(name)) / Math.max(layers.length - 1, 1);
    rates.fill(first ** (1 - place), start, start += sizeOf(shape));
  }
  return rates;
}

function layerOf(parameter: string): string {
  return parameter.slice(0, parameter.lastIndexOf("/"));
}
