import { InputError } from "../support/input_error.ts";
import { exportWeights, type Model } from "./model.ts";
import type { StoredTensor } from "../weight_files/stored_tensor.ts";

const WEIGHTS: Readonly<Record<string, string>> = {
  kernel: "weight",
  depthwise_kernel: "weight",
  bias: "bias",
  gamma: "weight",
  beta: "bias",
  moving_mean: "running_mean",
  moving_variance: "running_var",
};

/**
 * Copies a model's weights out as PyTorch's implementation of the network has them: by its names, kernels as
 * [out, in, height, width], dense layers as [out, in].
 *
 * @throws {InputError} PyTorch has no such network.
 */
export function exportTorchWeights(model: Model): Map<string, StoredTensor> {
  const module = model.network.torchModules?.[0];
  if (!module) throw new InputError(`${model.network.name} has no names in PyTorch`);
  return new Map(
    [...exportWeights(model)].map(([name, tensor]) => [torchName(name, module), outputsFirst(name, tensor)]),
  );
}

/**
 * Finds a model's weights among those of a PyTorch implementation, under the model's names and with its axes.
 *
 * @param tensors Weights of PyTorch; counters of batches are passed over.
 * @param from What to name in errors: the file that they come from.
 * @throws {InputError} They are of another network.
 */
export function importTorchWeights(
  model: Model,
  tensors: ReadonlyMap<string, StoredTensor>,
  from: string,
): Map<string, StoredTensor> {
  const { network, parameters, statistics } = model;
  const names = [...parameters, ...statistics].map(({ name }) => name);
  const module = network.torchModules?.find((module) => tensors.has(torchName(names[0]!, module)));
  if (!module) throw new InputError(`${from}: holds no weights of PyTorch for ${network.name}`);
  const found = new Map<string, StoredTensor>();
  const known = new Set<string>();
  for (const name of names) {
    const theirs = torchName(name, module);
    const tensor = tensors.get(theirs);
    known.add(theirs);
    if (tensor) found.set(name, outputsLast(name, tensor));
  }
  for (const name of tensors.keys()) {
    if (known.has(name) || name.endsWith(".num_batches_tracked")) continue;
    throw new InputError(`${from}: ${network.name} has no weight "${name}"`);
  }
  return found;
}

function torchName(name: string, module: (layer: string) => string): string {
  const end = name.lastIndexOf("/");
  return `${module(name.slice(0, end))}.${WEIGHTS[name.slice(end + 1)]}`;
}

/** [height, width, in, out] to [out, in, height, width], [in, out] to [out, in]; a depthwise kernel has c, 1 for in, out. */
function outputsFirst(name: string, tensor: StoredTensor): StoredTensor {
  if (tensor.shape.length === 2) return transposed(tensor, [1, 0]);
  if (tensor.shape.length === 4) return transposed(tensor, isDepthwise(name) ? [2, 3, 0, 1] : [3, 2, 0, 1]);
  return tensor;
}

function outputsLast(name: string, tensor: StoredTensor): StoredTensor {
  if (tensor.shape.length === 2) return transposed(tensor, [1, 0]);
  if (tensor.shape.length === 4) return transposed(tensor, isDepthwise(name) ? [2, 3, 0, 1] : [2, 3, 1, 0]);
  return tensor;
}

function isDepthwise(name: string): boolean {
  return name.endsWith("/depthwise_kernel");
}

/** A tensor of float32 with its axes in another order: `order` lists the old axes. */
function transposed(tensor: StoredTensor, order: readonly number[]): StoredTensor {
  if (tensor.dtype !== "F32") return tensor;
  const { shape, data } = tensor;
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, size) => product * size, 1));
  const newShape = order.map((axis) => shape[axis]!);
  const steps = order.map((axis) => strides[axis]!);
  const values = new Float32Array(data.length);
  const index = newShape.map(() => 0);
  let from = 0;
  for (let to = 0; to < values.length; to++) {
    values[to] = data[from]!;
    for (let axis = newShape.length - 1; axis >= 0; axis--) {
      from += steps[axis]!;
      if (++index[axis]! < newShape[axis]!) break;
      from -= steps[axis]! * newShape[axis]!;
      index[axis] = 0;
    }
  }
  return { dtype: "F32", shape: newShape, data: values };
}
