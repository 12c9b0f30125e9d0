import { extname } from "node:path";
import { areFindings } from "../dataset/findings.ts";
import { InputError } from "../support/input_error.ts";
import { importKerasWeights } from "./import_keras_weights.ts";
import { exportWeights, importWeights, type Model } from "./model.ts";
import { readSafetensors } from "../weight_files/safetensors.ts";
import type { StoredTensor } from "../weight_files/stored_tensor.ts";
import { readTorchCheckpoint } from "../weight_files/torch_checkpoint.ts";
import { importTorchWeights } from "./torch_weights.ts";

/** How weights are loaded. */
export interface LoadWeightsOptions {
  /** The findings that the model scores: the last layer of a file that says it is for others is not taken. */
  findings?: readonly string[];
}

/** What became of a model's layers. */
export interface LoadedWeights {
  /** Whether the last layer is the file's; otherwise it is as it was, since the file has none or one for other findings. */
  head: boolean;
}

/**
 * Puts a file's weights into a model to start training from: Keras' (`.h5`), ours (`.safetensors`), or those of a
 * PyTorch implementation (`.pth`, `.pt`, or `.safetensors` with its names).
 *
 * @throws {InputError} The file cannot be read or is of another network; the model is then as it was.
 */
export async function loadWeights(
  model: Model,
  file: string,
  { findings }: LoadWeightsOptions = {},
): Promise<LoadedWeights> {
  const { tensors, trained } = await readWeights(model, file);
  const own = exportWeights(model);
  const names = [...own.keys()].filter((name) => name.startsWith(`${model.network.head}/`));
  const isForOthers = trained !== null && findings && JSON.stringify(trained) !== JSON.stringify(findings);
  const head = !isForOthers &&
    names.every((name) => tensors.get(name)?.shape.join() === own.get(name)!.shape.join());
  if (!head) { for (const name of names) tensors.set(name, own.get(name)!); }
  importWeights(model, tensors, file);
  return { head };
}

/** The findings that a weight file says it was trained for; null where it does not. */
export function findingsOf({ findings }: Readonly<Record<string, string>>): string[] | null {
  if (findings === undefined) return null;
  try {
    const names: unknown = JSON.parse(findings);
    return areFindings(names) ? names : null;
  } catch {
    return null;
  }
}

interface ReadWeights {
  tensors: Map<string, StoredTensor>;
  /** The findings that the file says it was trained for. */
  trained: string[] | null;
}

async function readWeights(model: Model, file: string): Promise<ReadWeights> {
  switch (extname(file)) {
    case ".h5":
    case ".hdf5":
      return { tensors: await importKerasWeights(model, file), trained: null };
    case ".safetensors":
      return await readSafetensorsOf(model, file);
    case ".pth":
    case ".pt":
      return { tensors: importTorchWeights(model, await readTorchCheckpoint(file), file), trained: null };
    default:
      throw new InputError(`${file}: weights have to be a file that ends in .safetensors, .h5 or .pth`);
  }
}

async function readSafetensorsOf(model: Model, file: string): Promise<ReadWeights> {
  const { network, parameters } = model;
  const { tensors, metadata } = await readSafetensors(file);
  if (metadata.network !== undefined && metadata.network !== network.name) {
    throw new InputError(`${file}: holds weights of ${metadata.network}, not of ${network.name}`);
  }
  const ours = !network.torchModules || tensors.has(parameters[0]!.name);
  return {
    tensors: ours ? tensors : importTorchWeights(model, tensors, file),
    trained: findingsOf(metadata),
  };
}
