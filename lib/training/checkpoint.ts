import { tf } from "../tensorflow/mod.ts";
import { InputError } from "../support/input_error.ts";
import type { Adam } from "../model/adam.ts";
import { exportWeights, importWeights, type Model } from "../model/model.ts";
import { findingsOf } from "../model/load_weights.ts";
import { readSafetensors, safetensorsFile } from "../weight_files/safetensors.ts";
import type { StoredTensor } from "../weight_files/stored_tensor.ts";

/** What a checkpoint says of itself. */
export interface CheckpointOptions {
  /** After which epoch it was written. */
  epoch: number;
  /** The findings that the model scores. */
  findings: readonly string[];
}

/** The file of a model's weights after an epoch, with the network's name and the findings that it scores. */
export function checkpointFile(model: Model, { epoch, findings }: CheckpointOptions): Uint8Array {
  return safetensorsFile(exportWeights(model), {
    metadata: { network: model.network.name, findings: JSON.stringify(findings), epoch: String(epoch) },
  });
}

/**
 * Reads weights into a model.
 *
 * @throws {InputError} The file is missing, damaged, or of another network, other findings or another epoch; the model is
 * then as it was.
 */
export async function readCheckpoint(
  file: string,
  model: Model,
  { epoch, findings }: CheckpointOptions,
): Promise<void> {
  const { tensors, metadata } = await readSafetensors(file);
  checkEpoch(file, metadata, epoch);
  const { network } = metadata;
  if (network !== undefined && network !== model.network.name) {
    throw new InputError(`${file}: holds weights of ${network}, not of ${model.network.name}`);
  }
  const trained = findingsOf(metadata);
  if (trained !== null && JSON.stringify(trained) !== JSON.stringify(findings)) {
    throw new InputError(`${file}: holds weights for ${trained}, not for ${findings}`);
  }
  importWeights(model, tensors, file);
}

/** The file of a model's running statistics, which were computed for the weights of an epoch. */
export function statisticsFile({ moving }: Model, { epoch }: { epoch: number }): Uint8Array {
  return safetensorsFile(new Map([["moving", stored(moving)]]), { metadata: { epoch: String(epoch) } });
}

/**
 * Reads running statistics into a model.
 *
 * @throws {InputError} The file is missing, damaged, or of another network or another epoch.
 */
export async function readStatistics(
  file: string,
  { moving }: Model,
  { epoch }: { epoch: number },
): Promise<void> {
  const { tensors, metadata } = await readSafetensors(file);
  checkEpoch(file, metadata, epoch);
  readVector(file, "moving", { tensors, variable: moving });
}

/** The file of an optimizer's state after an epoch. */
export function optimizerFile(optimizer: Adam, { epoch }: { epoch: number }): Uint8Array {
  const tensors = variablesOf(optimizer).map(([name, variable]) => [name, stored(variable)] as const);
  return safetensorsFile(new Map(tensors), { metadata: { epoch: String(epoch) } });
}

/**
 * Reads an optimizer's state after an epoch.
 *
 * @throws {InputError} The file is missing, damaged, or of another network or another epoch.
 */
export async function readOptimizer(
  file: string,
  optimizer: Adam,
  { epoch }: { epoch: number },
): Promise<void> {
  const { tensors, metadata } = await readSafetensors(file);
  checkEpoch(file, metadata, epoch);
  for (const [name, variable] of variablesOf(optimizer)) readVector(file, name, { tensors, variable });
}

function readVector(
  file: string,
  name: string,
  { tensors, variable }: { tensors: ReadonlyMap<string, StoredTensor>; variable: tf.Variable<tf.Rank.R1> },
): void {
  const tensor = tensors.get(name);
  if (tensor?.dtype !== "F32" || tensor.data.length !== variable.size) {
    throw new InputError(`${file}: "${name}" does not fit a network of ${variable.size} weights`);
  }
  if (!tensor.data.every(Number.isFinite)) throw new InputError(`${file}: "${name}" is not finite`);
  tf.tidy(() => variable.assign(tf.tensor1d(tensor.data)));
}

/** A file of before checkpoints said their epoch is taken as what its name says. */
function checkEpoch(file: string, { epoch }: Record<string, string>, wanted: number): void {
  if (epoch === undefined || epoch === String(wanted)) return;
  throw new InputError(`${file}: is of epoch ${epoch}, not of epoch ${wanted}`);
}

function variablesOf({ first, second, steps }: Adam): [string, tf.Variable<tf.Rank.R1>][] {
  return [["first", first], ["second", second], ["steps", steps]];
}

function stored(variable: tf.Variable): StoredTensor {
  return { dtype: "F32", shape: [...variable.shape], data: variable.dataSync() as Float32Array<ArrayBuffer> };
}
