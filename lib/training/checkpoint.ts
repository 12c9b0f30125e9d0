import { tf } from "../tensorflow/mod.ts";
import { InputError } from "../support/input_error.ts";
import type { Adam } from "../model/adam.ts";
import { exportWeights, importWeights, type Model } from "../model/model.ts";
import { findingsOf } from "../model/load_weights.ts";
import { readSafetensors, writeSafetensors } from "../weight_files/safetensors.ts";
import type { StoredTensor } from "../weight_files/stored_tensor.ts";
import type { RunFolder } from "./run_folder.ts";

/** Writes a model's weights after an epoch, with the network's name and the findings that it scores. */
export async function writeCheckpoint(
  file: string,
  model: Model,
  { epoch, findings }: { epoch: number; findings: readonly string[] },
): Promise<void> {
  await writeSafetensors(file, exportWeights(model), {
    metadata: { network: model.network.name, findings: JSON.stringify(findings), epoch: String(epoch) },
  });
}

/**
 * Reads weights into a model.
 *
 * @param findings Those that the model scores.
 * @throws {InputError} The file is missing, cut short, or of another network or other findings; the model is then as it
 * was.
 */
export async function readCheckpoint(file: string, model: Model, findings: readonly string[]): Promise<void> {
  const { tensors, metadata } = await readSafetensors(file);
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

/** Writes the optimiser's averages after an epoch. */
export async function writeOptimizer(file: string, optimizer: Adam): Promise<void> {
  await writeSafetensors(
    file,
    new Map(variablesOf(optimizer).map(([name, variable]) => [name, stored(variable)])),
  );
}

/**
 * Reads an optimiser's averages.
 *
 * @throws {InputError} The file is missing, cut short, or of another network.
 */
export async function readOptimizer(file: string, optimizer: Adam): Promise<void> {
  const { tensors } = await readSafetensors(file);
  for (const [name, variable] of variablesOf(optimizer)) {
    const tensor = tensors.get(name);
    if (tensor?.dtype !== "F32" || tensor.data.length !== variable.size) {
      throw new InputError(`${file}: "${name}" does not fit a network of ${variable.size} weights`);
    }
    if (!tensor.data.every(Number.isFinite)) throw new InputError(`${file}: "${name}" is not finite`);
    tf.tidy(() => variable.assign(tf.tensor1d(tensor.data)));
  }
}

/** Removes the optimiser's averages of the epochs before one, which nothing needs any more. */
export async function removeOlderOptimizers(run: RunFolder, epoch: number): Promise<void> {
  for await (const { name } of Deno.readDir(run.checkpoints)) {
    const number = name.match(/^optimizer-(\d+)\.safetensors$/)?.[1];
    if (number !== undefined && Number(number) < epoch) await Deno.remove(`${run.checkpoints}/${name}`);
  }
}

function variablesOf({ first, second, steps }: Adam): [string, tf.Variable<tf.Rank.R1>][] {
  return [["first", first], ["second", second], ["steps", steps]];
}

function stored(variable: tf.Variable): StoredTensor {
  return { dtype: "F32", shape: [...variable.shape], data: variable.dataSync() as Float32Array<ArrayBuffer> };
}
