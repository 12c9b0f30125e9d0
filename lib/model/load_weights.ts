import { areFindings } from "../dataset/findings.ts";
import { NIH_FINDINGS } from "../dataset/nih_findings.ts";
import { InputError } from "../support/input_error.ts";
import { openRegular } from "../support/regular_file.ts";
import { describeContent, DESCRIBED_BYTES, WEIGHT_CONTENTS } from "../support/describe_content.ts";
import { readSafetensors } from "../weight_files/safetensors.ts";
import { asFloat32 } from "../weight_files/stored_tensor.ts";
import { readTorchCheckpoint } from "../weight_files/torch_checkpoint.ts";
import type { FoundWeights } from "./found_weights.ts";
import { importKerasWeights } from "./import_keras_weights.ts";
import { exportWeights, importWeights, type Model } from "./model.ts";
import { importTorchWeights, type TorchWeightsOptions } from "./torch_weights.ts";

/** How {@linkcode loadWeights} takes the last layer. */
export interface LoadWeightsOptions {
  /** What the model's outputs are, in their order. */
  findings: readonly string[];
}

/** What became of a model's layers. */
export interface LoadedWeights {
  /** Whether the last layer is the file's; otherwise it is as it was. */
  head: boolean;
  /** What was taken and what was left out, for the user: a sentence each. */
  notes: string[];
}

/**
 * Puts a file's weights into a model to start training from: Keras' HDF5, Thorax' (safetensors), or those of a PyTorch
 * implementation (`torch.save`'s file or safetensors with its names). What kind a file is, its content says. The last
 * layer is taken only where the file says what its outputs are, and they are the model's.
 *
 * @throws {InputError} The file cannot be read, is of another network, or has a weight that is not finite; the model is
 * then as it was.
 */
export async function loadWeights(
  model: Model,
  file: string,
  { findings }: LoadWeightsOptions,
): Promise<LoadedWeights> {
  const { tensors, labels, notes } = await readWeights(model, file);
  for (const [name, tensor] of tensors) tensors.set(name, asFloat32(tensor) ?? tensor);
  const own = exportWeights(model);
  const names = [...own.keys()].filter((name) => name.startsWith(`${model.network.head}/`));
  const refusal = !names.every((name) => tensors.has(name))
    ? "the file has none"
    : labels === null
    ? "the file does not say what its outputs are"
    : labels.map(plain).join() !== findings.map(plain).join()
    ? `its outputs are ${labels.join(", ")}`
    : null;
  if (refusal !== null) { for (const name of names) tensors.set(name, own.get(name)!); }
  importWeights(model, tensors, file);
  const last = refusal === null ? "the last layer is the file's" : `the last layer starts anew: ${refusal}`;
  return { head: refusal === null, notes: [...notes, last] };
}

/** A label as files of different tools agree on it. */
function plain(label: string): string {
  return label.toLowerCase().replace(/[\s_-]+/g, "_");
}

/**
 * Reads a file's weights under a model's names, as {@linkcode loadWeights} does; the last layer as the file has it, with
 * as many outputs.
 *
 * @throws {InputError} The file cannot be read or is of another network.
 */
export async function readWeights(
  model: Model,
  file: string,
  options: TorchWeightsOptions = {},
): Promise<FoundWeights> {
  switch (weightFormat(file)) {
    case "keras":
      return await importKerasWeights(model, file);
    case "torch":
      return importTorchWeights(model, await readTorchCheckpoint(file), { ...options, from: file });
    case "safetensors":
      return await readSafetensorsOf(model, file, options);
  }
}

/** What files of weights there are. */
export type WeightFormat = "keras" | "torch" | "safetensors";

/**
 * What a file of weights is, by its first bytes; where they tell nothing, by the end of its name.
 *
 * @throws {InputError} It is none.
 */
export function weightFormat(file: string): WeightFormat {
  using source = openRegular(file);
  const buffer = new Uint8Array(DESCRIBED_BYTES);
  const content = describeContent(buffer.subarray(0, source.readSync(buffer) ?? 0));
  if (content === WEIGHT_CONTENTS.hdf5 || /\.(h5|hdf5)$/.test(file)) return "keras";
  if (content === WEIGHT_CONTENTS.safetensors || file.endsWith(".safetensors")) return "safetensors";
  const isTorch = content === WEIGHT_CONTENTS.pickle || content === WEIGHT_CONTENTS.zip;
  if (isTorch || /\.(pth|pt)$/.test(file)) return "torch";
  throw new InputError(`${file}: no file of weights (safetensors, Keras' HDF5 or PyTorch's), but ${content}`);
}

async function readSafetensorsOf(
  model: Model,
  file: string,
  options: TorchWeightsOptions,
): Promise<FoundWeights> {
  const { network, parameters } = model;
  const { tensors, metadata } = await readSafetensors(file);
  if (metadata.network !== undefined && metadata.network !== network.name) {
    throw new InputError(`${file}: holds weights of ${metadata.network}, not of ${network.name}`);
  }
  if (tensors.has(parameters[0]!.name)) {
    return { tensors, labels: labelsOf(metadata), notes: [`${tensors.size} weights of ${network.name}`] };
  }
  const checkpoint = {
    tensors: new Map([...tensors].map(([name, tensor]) => [name, { ...tensor, read: () => tensor }])),
    classes: new Map<string, string>(),
    texts: new Map<string, readonly string[]>(),
  };
  return { ...importTorchWeights(model, checkpoint, { ...options, from: file }), labels: labelsOf(metadata) };
}

/** The findings that a file of Thorax says it was trained for; null where it does not. */
export function findingsOf({ findings }: Readonly<Record<string, string>>): string[] | null {
  if (findings === undefined) return null;
  try {
    const names: unknown = JSON.parse(findings);
    return areFindings(names) ? names : null;
  } catch {
    return null;
  }
}

/** What the last layer's outputs are: files of the first version do not say it and are all for the NIH's findings. */
function labelsOf(metadata: Readonly<Record<string, string>>): readonly string[] | null {
  const isOfFirstVersion = metadata.network !== undefined && metadata.findings === undefined;
  return isOfFirstVersion ? NIH_FINDINGS : findingsOf(metadata);
}
