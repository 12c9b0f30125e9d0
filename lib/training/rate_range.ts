import { seedRandom, tf } from "../tensorflow/mod.ts";
import { type Batch, batches } from "../dataset/batches.ts";
import { hasUnknown } from "../dataset/entry.ts";
import { labelWeights } from "../dataset/label_weights.ts";
import { lossNamed } from "../model/losses.ts";
import { InputError } from "../support/input_error.ts";
import type { RatePoint } from "./rate_curve.ts";
import type { Settings } from "./settings.ts";
import { trainStep } from "./train_step.ts";
import type { TrainingData } from "./training_data.ts";
import type { TrainingState } from "./training_state.ts";

/** What a range test goes through, and with what. */
export interface RateRangeOptions {
  /** The network before training, whose weights are changed. */
  state: TrainingState;
  /** The images; those of the training set are used. */
  data: Pick<TrainingData, "cache" | "findings" | "split">;
  /** The first step's learning rate. */
  lowest: number;
  /** The last step's, unless the loss explodes before. */
  highest: number;
  /** The number of steps. */
  steps: number;
  /** Called after each step. */
  onStep?: ((done: number, total: number) => void) | undefined;
  /** Ends the test with the signal's reason. */
  signal?: AbortSignal | undefined;
}

/** The test ends where the loss is so many times the lowest. */
const EXPLODED = 4;
/** So many first steps end no test: their losses are a few batches'. */
const SURE = 10;

/**
 * Trains all layers of a network for some steps with a learning rate that grows by a constant factor from step to step. The
 * batches are those that training begins with; a schedule, and epochs of the last layer alone, are left out.
 *
 * @throws {InputError} Where the training set is smaller than a batch, or the loss is no number before the tenth step.
 */
export async function rateRange(settings: Settings, options: RateRangeOptions): Promise<RatePoint[]> {
  const { state: { model, optimizer }, data, lowest, highest, steps, onStep, signal } = options;
  const { cache, findings, split } = data;
  const { seed, batchSize, frozenStatistics, batchNormMomentum: momentum, l2, weightDecay } = settings;
  if (split.training.length < batchSize) {
    throw new InputError(
      `The training set has ${split.training.length} images, fewer than a batch of ${batchSize}: ` +
        "take a smaller --batch-size",
    );
  }
  const frequencies = labelWeights(split.training, findings);
  const weights = {
    positive: tf.keep(tf.tensor1d(frequencies.positive)),
    negative: tf.keep(tf.tensor1d(frequencies.negative)),
  };
  const loss = lossNamed(settings.loss, {
    weights,
    smoothing: settings.labelSmoothing,
    masked: hasUnknown(split.training, findings),
  });
  const { firstLayerRate, precision, xla } = settings;
  const step = trainStep(model, {
    ...{ loss, optimizer, l2, weightDecay, firstLayerRate, frozenStatistics, momentum, precision, xla },
  });
  const points: RatePoint[] = [];
  const upcoming = endlessBatches(settings, data);
  seedRandom(seed, 0);
  try {
    let least = Infinity;
    for (let i = 0; i < steps; i++) {
      signal?.throwIfAborted();
      const learningRate = lowest * (highest / lowest) ** (i / Math.max(steps - 1, 1));
      const { images, labels, count } = upcoming.next().value as Batch;
      const inputs = [
        tf.tensor4d(images, [count, cache.size, cache.size, 1]),
        tf.tensor2d(labels, [count, findings.length]),
        tf.scalar(learningRate),
      ] as const;
      const result = await step.run(...inputs);
      const value = result.dataSync()[0]!;
      tf.dispose([...inputs, result]);
      if (!Number.isFinite(value)) {
        if (i < SURE) {
          throw new InputError(
            `The loss is ${value} at a learning rate of ${learningRate}: begin with a lower --lowest`,
          );
        }
        break;
      }
      points.push({ learningRate, loss: value });
      onStep?.(i + 1, steps);
      if (i >= SURE && value > EXPLODED * least) break;
      least = Math.min(least, value);
    }
    return points;
  } finally {
    step.dispose();
    tf.dispose([weights.positive, weights.negative]);
  }
}

/** Batches of the training set, epoch after epoch. */
function* endlessBatches(
  { seed, batchSize, augmentation, stratifiedBatches: stratified }: Settings,
  { cache, findings, split }: RateRangeOptions["data"],
): Generator<Batch, never, void> {
  for (let epoch = 1;; epoch++) {
    const training = { seed, epoch, augmentation, stratified };
    yield* batches(cache, split.training, { findings, batchSize, training, dropRemainder: true });
  }
}
