import { seedRandom, tf } from "../tensorflow/mod.ts";
import { type Batch, batches } from "../dataset/batches.ts";
import { hasUnknown } from "../dataset/entry.ts";
import { labelWeights } from "../dataset/label_weights.ts";
import { aucByLabel } from "../evaluation/auc.ts";
import { selectionMetric } from "../evaluation/selection_metric.ts";
import { InputError } from "../support/input_error.ts";
import { removeSummed } from "../support/summed_folder.ts";
import { lossNamed } from "../model/losses.ts";
import { checkpointFile, optimizerFile } from "./checkpoint.ts";
import { historyCsv, type HistoryRow } from "./history.ts";
import { learningRateAt } from "./learning_rate.ts";
import { isOlderOptimizer, type RunFolder, sumsOf, writeRunFiles } from "./run_folder.ts";
import { scorer } from "./score.ts";
import { scoreShared } from "./score_shared.ts";
import { selectEpoch } from "./select_epoch.ts";
import type { Settings } from "./settings.ts";
import { trainStep } from "./train_step.ts";
import type { TrainingData } from "./training_data.ts";
import type { TrainingState } from "./training_state.ts";
import { shardBatchSize, shardOf, type WorkerGroup } from "./worker_group.ts";

/** A step of training that has ended. */
export interface StepReport {
  /** The epoch, from 1. */
  epoch: number;
  /** Epochs of the whole training. */
  epochs: number;
  /** From 1, within the epoch. */
  step: number;
  /** Steps an epoch. */
  steps: number;
  /** The loss of the batch. */
  loss: number;
  /** The learning rate of the step. */
  learningRate: number;
}

/** What a training needs besides its settings, and whom it tells. */
export interface TrainOptions {
  /** Where training starts; it is brought forward by each epoch that is complete. */
  state: TrainingState;
  /** The images, divided into sets. */
  data: TrainingData;
  /** Where checkpoints and history go. */
  run: RunFolder;
  /** Ends the training after the step under way; the state is then that of the last complete epoch. */
  signal?: AbortSignal | undefined;
  /** The workers that share the training; unless given, this process has all shards. */
  group?: WorkerGroup | undefined;
  /** Called after each step. */
  onStep?: (report: StepReport) => void;
  /** Called when an epoch's files are written. */
  onEpoch?: (row: HistoryRow, history: readonly HistoryRow[]) => void;
  /** Called while the validation set is scored. */
  onValidation?: (done: number, total: number) => void;
}

/** How a training ended. */
export interface TrainResult {
  /** A row for each epoch, those of earlier sessions included. */
  history: HistoryRow[];
  /** Whether it was stopped before its last epoch. */
  stopped: boolean;
}

/**
 * Trains a model. After every epoch a checkpoint and the optimizer's state are written, then, as what makes the epoch
 * count, its row of `history.csv`: a run that was killed goes on after its last row and ends with the same
 * bits as one that was not.
 *
 * An epoch's last images that fill no batch are left out (others each time, since the order is shuffled).
 *
 * @throws {InputError} Where the training set is smaller than a batch, or the loss is no longer a number.
 */
export async function train(settings: Settings, options: TrainOptions): Promise<TrainResult> {
  const { state: { model, optimizer, history }, data: { cache, findings, split }, run, signal } = options;
  const { batchSize, epochs, headEpochs, seed, augmentation, precision, xla } = settings;
  const { group } = options;
  const { workers } = settings;
  const each = shardBatchSize(settings);
  const steps = Math.floor(Math.floor(split.training.length / workers) / each);
  if (steps === 0) {
    throw new InputError(
      `The training set has ${split.training.length} images, fewer than a batch of ${batchSize}: ` +
        "take a smaller --batch-size",
    );
  }
  const weights = tf.tidy(() => {
    const { positive, negative } = labelWeights(split.training, findings);
    return { positive: tf.keep(tf.tensor1d(positive)), negative: tf.keep(tf.tensor1d(negative)) };
  });
  const loss = lossNamed(settings.loss, {
    weights,
    smoothing: settings.labelSmoothing,
    masked: [split.training, split.validation].some((entries) => hasUnknown(entries, findings)),
  });
  const writes = group === undefined || group.index === 0;
  if (writes) await removeSummed(sumsOf(run), (file) => isOlderOptimizer(run, file, history.length));
  const { l2, weightDecay, firstLayerRate, frozenStatistics, batchNormMomentum: momentum } = settings;
  const stepOptions = { loss, optimizer, l2, weightDecay, firstLayerRate, precision, xla, ...stepShards() };
  const headStep = trainStep(model, { ...stepOptions, headOnly: true });
  const wholeStep = trainStep(model, { ...stepOptions, frozenStatistics, momentum });
  const score = scorer(model, { precision, xla });
  const schedule = {
    ...settings,
    steps: epochs * steps,
    warmupSteps: Math.round(settings.warmupEpochs * steps),
  };
  try {
    for (let epoch = history.length + 1; epoch <= epochs; epoch++) {
      if (isPatienceOver(history, settings)) break;
      const before = (epoch - 1) * steps;
      seedRandom(seed ^ Math.imul(group?.index ?? 0, WORKER_SEED), before);
      const trainingLoss = await wholly(() => trainEpoch(epoch, before));
      if (trainingLoss === null) return { history, stopped: true };
      const row = await validate(epoch, trainingLoss);
      if (writes) {
        await writeRunFiles(run, {
          [run.checkpoint(epoch)]: checkpointFile(model, { epoch, findings }),
          [run.optimizer(epoch)]: optimizerFile(optimizer, { epoch }),
          [run.history]: historyCsv([...history, row], findings),
        }, { overwrite: true, remove: (file) => isOlderOptimizer(run, file, epoch) });
      }
      history.push(row);
      options.onEpoch?.(row, history);
      if (signal?.aborted) return { history, stopped: epoch < epochs && !isPatienceOver(history, settings) };
    }
    return { history, stopped: false };
  } finally {
    headStep.dispose();
    wholeStep.dispose();
    score.dispose();
    tf.dispose([weights.positive, weights.negative]);
  }

  /** Does the work of an epoch; where that was stopped (null), model and optimizer are as they were before. */
  async function wholly(work: () => Promise<number | null>): Promise<number | null> {
    const variables: tf.Variable[] = [
      model.weights,
      model.moving,
      optimizer.first,
      optimizer.second,
      optimizer.steps,
    ];
    const before = variables.map((variable) => tf.clone(variable));
    try {
      const result = await work();
      if (result === null) variables.forEach((variable, i) => variable.assign(before[i]!));
      return result;
    } finally {
      tf.dispose(before);
    }
  }

  /** The mean of an epoch's losses, or null where it was stopped. */
  async function trainEpoch(epoch: number, before: number): Promise<number | null> {
    const step = epoch <= headEpochs ? headStep : wholeStep;
    const training = { seed, epoch, augmentation, stratified: settings.stratifiedBatches };
    const shards = group ? [group.index] : Array.from({ length: workers }, (_, shard) => shard);
    const upcoming = shards.map((shard) =>
      batches(cache, shardOf(split.training, { index: shard, count: workers }), {
        findings,
        batchSize: each,
        training: { ...training, shard },
        dropRemainder: true,
      })
    );
    const next = () => upcoming.map((shard) => shard.next().value).filter((batch) => batch !== undefined);
    let parts = next();
    let sum = 0;
    for (let i = 0; i < steps; i++) {
      const learningRate = learningRateAt(before + i, schedule);
      const stacked = (of: (batch: Batch) => tf.Tensor) => tf.tidy(() => tf.concat(parts.map(of)));
      const inputs = [
        stacked(({ images, count }) =>
          reduced(tf.tensor4d(images, [count, cache.size, cache.size, 1]), sizeIn(epoch))
        ),
        stacked(({ labels, count }) => tf.tensor2d(labels, [count, findings.length])),
        tf.scalar(learningRate),
        ...(group ? [tf.scalar(signal?.aborted ? 1 : 0)] : []),
      ] as const;
      const running = step.run(...inputs);
      parts = next();
      const result = await (group ? group.together(running) : running);
      const [loss, stop] = result.dataSync() as unknown as [number, number?];
      tf.dispose([...inputs, result]);
      if (!Number.isFinite(loss)) {
        throw new InputError(
          `The loss is ${loss} at step ${
            i + 1
          } of epoch ${epoch}: try a smaller --learning-rate than ${settings.learningRate}`,
        );
      }
      sum += loss;
      options.onStep?.({ epoch, epochs, step: i + 1, steps, loss, learningRate });
      // All workers stop after the same step, as the sum of their wishes comes with it.
      if (group ? stop! > 0 : signal?.aborted) return null;
    }
    return sum / steps;
  }

  /** The size at which an epoch trains. */
  function sizeIn(epoch: number): number {
    return epoch <= settings.initialEpochs ? settings.initialImageSize! : cache.size;
  }

  /** How a step divides its batch: into a shard a worker, unless batch normalisation is over all of them anyway. */
  function stepShards() {
    if (group) {
      return { reduce: group.mean, ...(group.spreadBatch ? { spreadBatch: group.spreadBatch } : {}) };
    }
    return { shards: settings.syncBatchNorm ? 1 : workers };
  }

  async function validate(epoch: number, trainingLoss: number): Promise<HistoryRow> {
    const { predictions, logits } = await scoreShared(score, { cache, findings, entries: split.validation }, {
      batchSize: each,
      group,
      ...(options.onValidation ? { onProgress: options.onValidation } : {}),
    });
    const auc = aucByLabel(predictions);
    const defined = auc.filter((value) => value !== null);
    return {
      epoch,
      steps: epoch * steps,
      learningRate: learningRateAt(epoch * steps - 1, schedule),
      trainingLoss,
      validationLoss: lossOf(predictions.truth, logits),
      meanAuc: defined.length === 0 ? null : defined.reduce((sum, value) => sum + value, 0) / defined.length,
      selectionMetric: selectionMetric(predictions),
      auc,
    };
  }

  function lossOf(truth: Uint8Array, logits: Float32Array<ArrayBuffer>): number {
    const shape: [number, number] = [logits.length / findings.length, findings.length];
    return tf.tidy(() =>
      loss(tf.tensor2d(Float32Array.from(truth), shape), tf.tensor2d(logits, shape)).dataSync()[0]!
    );
  }
}

/** Images of another size, interpolated bilinearly; those that have it as they are. */
function reduced(images: tf.Tensor4D, size: number): tf.Tensor4D {
  return images.shape[1] === size ? images : tf.image.resizeBilinear(images, [size, size], false, true);
}

/** Makes other draws of each worker (2^32 divided by the golden ratio); those of worker 0 are a single process'. */
const WORKER_SEED = 0x9e3779b1;

/** Whether the selection metric has not risen for as many epochs as the settings have patience for. */
function isPatienceOver(history: readonly HistoryRow[], { patience }: Settings): boolean {
  return patience !== null && history.length > 0 && history.length - selectEpoch(history).epoch >= patience;
}
