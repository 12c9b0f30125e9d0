import { InputError } from "../support/input_error.ts";
import { asFloat32, type Float32Tensor, type StoredTensor } from "../weight_files/stored_tensor.ts";
import { transposed } from "../weight_files/transposed.ts";
import type { CheckpointTensor, TorchCheckpoint } from "../weight_files/torch_checkpoint.ts";
import { greyKernel } from "./_grey_kernel.ts";
import type { FoundWeights } from "./found_weights.ts";
import { exportWeights, type Model } from "./model.ts";

const WEIGHTS: Readonly<Record<string, string>> = {
  kernel: "weight",
  depthwise_kernel: "weight",
  bias: "bias",
  gamma: "weight",
  beta: "bias",
  moving_mean: "running_mean",
  moving_variance: "running_var",
};

/** What lists of texts are called that say what a network's outputs are. */
const LABEL_LISTS = /(?:^|\.)(?:labels|label_names|classes|class_names|pathologies|targets|findings)$/i;

/** What torchxrayvision calls the scores at its operating points. */
const OPERATING_POINTS = "op_threshs";

/** Where the last layer may be a part of a `Sequential`: behind dropout, or before a sigmoid. */
const HEAD_PLACES = ["", ".0", ".1"];

/** How many of a file's names a message shows. */
const NAMED = 3;

/**
 * Copies a model's weights out as PyTorch's implementation of the network has them: by its names, kernels as
 * [out, in, height, width], dense layers as [out, in]. Where PyTorch has no such network, the modules are named after
 * our layers, so that `load_state_dict` takes them into one that is written with these names.
 */
export function exportTorchWeights(model: Model): Map<string, StoredTensor> {
  const module = modulesOf(model)[0]!;
  return new Map(
    [...exportWeights(model)].map(([name, tensor]) => [torchName(name, module), outputsFirst(name, tensor)]),
  );
}

/** What is known of a file of PyTorch that it does not say itself. */
export interface TorchWeightsOptions {
  /** The class of its network, such as `torchxrayvision.models.DenseNet`, which says how grey images are scaled. */
  of?: string | undefined;
}

/**
 * Finds a model's weights among those of a PyTorch implementation, under the model's names and with its axes. The
 * network may be a part of what was saved: its names may follow a prefix, such as `state_dict.module.`, and what is under
 * other prefixes (an optimizer's state, running averages) is left out.
 *
 * @param options `from` is what to name in errors: the file that they come from.
 * @throws {InputError} They are of another network.
 */
export function importTorchWeights(
  model: Model,
  checkpoint: TorchCheckpoint,
  { from, of }: TorchWeightsOptions & { from: string },
): FoundWeights {
  const { network } = model;
  const { tensors } = checkpoint;
  const place = findNetwork(model, tensors);
  if (place === null) {
    const names = [...tensors.keys()].slice(0, NAMED).map((name) => `"${name}"`).join(", ");
    throw new InputError(
      `${from}: holds no weights of PyTorch for ${network.name}: it has ${names || "no tensors at all"}`,
    );
  }
  const { prefix, ownNames } = place;
  const found = new Map<string, StoredTensor>();
  const notes: string[] = [];
  const types = new Set<string>();
  let isMadeForGrey = false;
  const shapes = new Map([...model.parameters, ...model.statistics].map(({ name, shape }) => [name, shape]));
  for (const [torch, name] of ownNames) {
    const tensor = tensors.get(prefix + torch);
    if (!tensor) continue;
    types.add(tensor.dtype);
    const wanted = outputsFirstShape(name, shapes.get(name)!);
    const isFirst = name === model.parameters[0]!.name;
    const isGrey = isFirst && wanted[1] !== 1 && wanted.with(1, 1).join() === tensor.shape.join();
    if (!isGrey && wanted.join() !== tensor.shape.join()) {
      throw new InputError(
        `${from}: "${prefix + torch}" is [${tensor.shape}], where ${network.name} has [${wanted}]`,
      );
    }
    const values = floats(tensor, { name: prefix + torch, from });
    if (isGrey) {
      const { kernel, note } = greyKernel(values, {
        network,
        of: of ?? classOf(checkpoint, prefix),
        from,
      });
      notes.push(note);
      isMadeForGrey = true;
      found.set(name, outputsLast(name, kernel));
    } else found.set(name, outputsLast(name, values));
  }
  const count = found.size;
  const { names: headNames, labels } = takeHead(found, { model, checkpoint, place, from });
  const left = [...tensors.keys()].filter((name) => {
    const own = name.startsWith(prefix) ? name.slice(prefix.length) : null;
    return own === null || !ownNames.has(own) && !headNames.has(own) && !own.endsWith(".num_batches_tracked");
  });
  refuseOthers(left, { model, place, from });
  const under = prefix === "" ? "" : ` under "${prefix}"`;
  const widened = [...types].filter((type) => type !== "F32").map((type) => `${type} made float32`);
  notes.unshift([`${count} weights of ${network.name}${under}`, ...widened].join(", "));
  if (left.length > 0) {
    const some = left.slice(0, NAMED).map((name) => `"${name}"`).join(", ");
    notes.push(`${left.length} others are left out: ${some}${left.length > NAMED ? ", ..." : ""}`);
  }
  const points = tensors.get(`${prefix}${OPERATING_POINTS}`);
  return {
    tensors: found,
    labels,
    isGrey: isMadeForGrey,
    ...(points ? { operatingPoints: [...floats(points, { name: OPERATING_POINTS, from }).data] } : {}),
    notes,
  };
}

/** Where a network is within a checkpoint. */
interface Place {
  /** What its names begin with; empty or with a dot at the end. */
  prefix: string;
  /** A layer's name in the implementation that was found. */
  module: (layer: string) => string;
  /** The model's names by those of PyTorch without the prefix, the last layer's left out. */
  ownNames: ReadonlyMap<string, string>;
}

/** The implementation and the prefix under which most of a model's names are; null where there is none. */
function findNetwork(model: Model, tensors: TorchCheckpoint["tensors"]): Place | null {
  const names = [...model.parameters, ...model.statistics].map(({ name }) => name)
    .filter((name) => !name.startsWith(`${model.network.head}/`));
  let best: Place | null = null;
  let most = 0;
  for (const module of modulesOf(model)) {
    const ownNames = new Map(names.map((name) => [torchName(name, module), name]));
    const counts = new Map<string, number>();
    for (const name of tensors.keys()) {
      for (let start = 0; start >= 0; start = nextPart(name, start)) {
        if (!ownNames.has(name.slice(start))) continue;
        const prefix = name.slice(0, start);
        counts.set(prefix, (counts.get(prefix) ?? 0) + 1);
      }
    }
    for (const [prefix, count] of counts) {
      if (count <= most) continue;
      most = count;
      best = { prefix, module, ownNames };
    }
  }
  return best;
}

/** Where the next part of a dotted name begins; -1 after the last. */
function nextPart(name: string, start: number): number {
  const dot = name.indexOf(".", start);
  return dot < 0 ? -1 : dot + 1;
}

/** Puts the file's last layer among the weights that were found, and finds out what its outputs are. */
function takeHead(
  found: Map<string, StoredTensor>,
  { model: { network: { head } }, checkpoint: { tensors, texts }, place: { prefix, module }, from }: {
    model: Model;
    checkpoint: TorchCheckpoint;
    place: Place;
    from: string;
  },
): { names: Set<string>; labels: readonly string[] | null } {
  const places = HEAD_PLACES.map((place) => module(head) + place);
  const names = new Set([
    ...places.flatMap((place) => [`${place}.weight`, `${place}.bias`]),
    OPERATING_POINTS,
  ]);
  const heads = places.filter((place) => tensors.get(`${prefix}${place}.weight`)?.shape.length === 2);
  if (heads.length !== 1) return { names, labels: null };
  let outputs = 0;
  for (const [own, theirs] of [["kernel", "weight"], ["bias", "bias"]] as const) {
    const name = `${prefix}${heads[0]}.${theirs}`;
    const tensor = tensors.get(name);
    if (!tensor) continue;
    outputs = tensor.shape[0] ?? 0;
    found.set(`${head}/${own}`, outputsLast(`${head}/${own}`, floats(tensor, { name, from })));
  }
  const lists = [...texts].filter(([name, list]) => LABEL_LISTS.test(name) && list.length === outputs);
  const [, labels = null] = lists.find(([name]) => name.startsWith(prefix)) ?? lists[0] ?? [];
  return { names, labels };
}

/** The class of the network under a prefix, where the file or a buffer that only one class has tells it. */
function classOf({ tensors, classes }: TorchCheckpoint, prefix: string): string | undefined {
  const given = classes.get(prefix.slice(0, -1));
  return given ??
    (tensors.has(`${prefix}${OPERATING_POINTS}`) ? "torchxrayvision.models.DenseNet" : undefined);
}

/** Refuses a checkpoint that has more of the network's own parts than the model: it is of another network. */
function refuseOthers(
  left: readonly string[],
  { model: { network }, place: { prefix, ownNames }, from }: { model: Model; place: Place; from: string },
): void {
  const parts = new Set([...ownNames.keys()].map((name) => name.slice(0, name.indexOf("."))));
  const other = left.find((name) =>
    name.startsWith(prefix) && parts.has(name.slice(prefix.length).split(".", 1)[0]!)
  );
  if (other !== undefined) throw new InputError(`${from}: ${network.name} has no weight "${other}"`);
}

function floats(tensor: CheckpointTensor, { name, from }: { name: string; from: string }): Float32Tensor {
  const values = asFloat32(tensor.read());
  if (values === null) {
    throw new InputError(`${from}: "${name}" is of the type ${tensor.dtype}, not of floats`);
  }
  return values;
}

/** The names that modules may have, by our layers': those of PyTorch's implementations, else the layers' own. */
function modulesOf({ network }: Model): readonly ((layer: string) => string)[] {
  return network.torchModules ?? [(layer) => layer.replaceAll("/", ".")];
}

function torchName(name: string, module: (layer: string) => string): string {
  const end = name.lastIndexOf("/");
  return `${module(name.slice(0, end))}.${WEIGHTS[name.slice(end + 1)]}`;
}

/** [height, width, in, out] to [out, in, height, width], [in, out] to [out, in]; a depthwise kernel has c, 1 for in, out. */
function outputsFirst(name: string, tensor: StoredTensor): StoredTensor {
  return transposed(tensor, outputsFirstOrder(name, tensor.shape.length));
}

function outputsFirstShape(name: string, shape: readonly number[]): readonly number[] {
  return outputsFirstOrder(name, shape.length).map((axis) => shape[axis]!);
}

function outputsFirstOrder(name: string, axes: number): readonly number[] {
  if (axes === 2) return [1, 0];
  if (axes === 4) return isDepthwise(name) ? [2, 3, 0, 1] : [3, 2, 0, 1];
  return Array.from({ length: axes }, (_, axis) => axis);
}

function outputsLast(name: string, tensor: StoredTensor): StoredTensor {
  if (tensor.shape.length === 2) return transposed(tensor, [1, 0]);
  if (tensor.shape.length === 4) return transposed(tensor, isDepthwise(name) ? [2, 3, 0, 1] : [2, 3, 1, 0]);
  return tensor;
}

function isDepthwise(name: string): boolean {
  return name.endsWith("/depthwise_kernel");
}
