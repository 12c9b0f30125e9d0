import { extname } from "node:path";
import { InputError } from "../support/input_error.ts";
import { importKerasWeights } from "./import_keras_weights.ts";
import { exportWeights, importWeights, type Model } from "./model.ts";
import { readSafetensors } from "../weight_files/safetensors.ts";
import type { StoredTensor } from "../weight_files/stored_tensor.ts";
import { readTorchCheckpoint } from "../weight_files/torch_checkpoint.ts";
import { importTorchWeights } from "./torch_weights.ts";

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
export async function loadWeights(model: Model, file: string): Promise<LoadedWeights> {
  const tensors = await readWeights(model, file);
  const own = exportWeights(model);
  const names = [...own.keys()].filter((name) => name.startsWith(`${model.network.head}/`));
  const head = names.every((name) => tensors.get(name)?.shape.join() === own.get(name)!.shape.join());
  if (!head) { for (const name of names) tensors.set(name, own.get(name)!); }
  importWeights(model, tensors, file);
  return { head };
}

function readWeights(model: Model, file: string): Promise<Map<string, StoredTensor>> {
  switch (extname(file)) {
    case ".h5":
    case ".hdf5":
      return importKerasWeights(model, file);
    case ".safetensors":
      return readSafetensorsOf(model, file);
    case ".pth":
    case ".pt":
      return readTorchCheckpoint(file).then((tensors) => importTorchWeights(model, tensors, file));
    default:
      throw new InputError(`${file}: weights have to be a file that ends in .safetensors, .h5 or .pth`);
  }
}

async function readSafetensorsOf(model: Model, file: string): Promise<Map<string, StoredTensor>> {
  const { network, parameters } = model;
  const { tensors, metadata } = await readSafetensors(file);
  if (metadata.network !== undefined && metadata.network !== network.name) {
    throw new InputError(`${file}: holds weights of ${metadata.network}, not of ${network.name}`);
  }
  const ours = !network.torchModules || tensors.has(parameters[0]!.name);
  return ours ? tensors : importTorchWeights(model, tensors, file);
}
