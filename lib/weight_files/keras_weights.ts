import h5wasm, { Dataset, Group } from "h5wasm";
import { InputError } from "../support/input_error.ts";
import { readRegular } from "../support/regular_file.ts";
import { elementCount, type StoredTensor } from "./stored_tensor.ts";

/** A layer's weights in a file of Keras. */
export interface KerasLayer {
  /** The layer's name; where the file keeps none (`.weights.h5` of Keras 2), its class and number in the network. */
  name: string;
  /** Whether the name is the layer's own and not made from its class and number. */
  named: boolean;
  /** Its weights by Keras' names: kernel, bias; gamma, beta, moving_mean, moving_variance. All are float32. */
  weights: Map<string, StoredTensor>;
}

/** What the classes of layers that we read call their variables, in the order of Keras 3's `vars`. */
const VARIABLES: Readonly<Record<string, readonly string[]>> = {
  conv2d: ["kernel", "bias"],
  dense: ["kernel", "bias"],
  batch_normalization: ["gamma", "beta", "moving_mean", "moving_variance"],
};

/**
 * Reads the layers with weights of a network that Keras saved as HDF5: weights alone or a whole model as Keras 2
 * writes them (`.h5`), or weights as Keras 3 does (`.weights.h5`); layers inside of layers too.
 *
 * The first kind of file gives layers in the order of `model.layers`, the last only class by class, each class
 * in that order. So a network is loaded by pairing its convolutions with the file's, and so on; note that
 * `model.layers` has a block's shortcut convolution before the convolution that it is added to.
 *
 * @throws {InputError} The file is missing, cut short, not of Keras, or a weight is not float32.
 */
export async function readKerasWeights(file: string): Promise<KerasLayer[]> {
  const bytes = await readRegular(file);
  const library = await h5wasm.ready;
  library.activate_throwing_error_handler();
  const mounted = `/${crypto.randomUUID()}.h5`;
  library.FS.writeFile(mounted, bytes);
  try {
    const root = new h5wasm.File(mounted, "r");
    try {
      const layers = layersOf(root, { file, size: bytes.length });
      if (layers.length === 0) throw new InputError(`${file}: holds no weights`);
      return layers;
    } finally {
      root.close();
    }
  } catch (error) {
    const reason = reasonOf(error);
    if (reason === undefined) throw error;
    throw new InputError(`${file}: not a whole HDF5 file: ${reason}`);
  } finally {
    library.FS.unlink(mounted);
  }
}

/** Where errors are found: the file's name, and its size in bytes, which no weight can exceed. */
interface Source {
  file: string;
  size: number;
}

function layersOf(root: Group, source: Source): KerasLayer[] {
  const legacy = root.get("model_weights") ?? root;
  if (legacy instanceof Group && "layer_names" in legacy.attrs) return [...legacyLayers(legacy, source)];
  const layers = root.get("layers");
  if (layers instanceof Group) return [...numberedLayers(layers, source)];
  throw new InputError(`${source.file}: holds neither layer_names nor layers, so it is not of Keras`);
}

/**
 * The layers of Keras 2's format: attributes list the layers, and their weights as `layer/weight:0`, with the
 * names of inner layers where a layer is a network itself.
 */
function* legacyLayers(root: Group, source: Source): Generator<KerasLayer> {
  for (const name of namesOf(root, "layer_names", source)) {
    const group = root.get(name);
    if (!(group instanceof Group)) throw new InputError(`${source.file}: layer "${name}" is missing`);
    const inner = new Map<string, KerasLayer["weights"]>();
    for (const path of namesOf(group, "weight_names", source)) {
      const [, layer, weight] = path.match(/^(.+)\/([^/]+?)(?::0)?$/) ?? [];
      if (!layer || !weight) throw new InputError(`${source.file}: weight "${path}" names no layer`);
      const weights = inner.get(layer) ?? new Map();
      inner.set(layer, weights.set(weight, tensorOf(group, path, source)));
    }
    for (const [layer, weights] of inner) {
      yield { name: inner.size === 1 ? name : layer, named: true, weights };
    }
  }
}

/** The layers of Keras 3's format: groups `class_number`, each with a group `vars` of numbered weights. */
function* numberedLayers(root: Group, source: Source): Generator<KerasLayer> {
  const places = root.keys().map((key) => {
    const [, type = "", number = "0"] = key.match(/^(.*?)(?:_(\d+))?$/) ?? [];
    return { key, type, number: Number(number) };
  });
  places.sort((a, b) => a.type < b.type ? -1 : a.type > b.type ? 1 : a.number - b.number);
  for (const { key, type } of places) {
    const inner = root.get(`${key}/layers`);
    if (inner instanceof Group) yield* numberedLayers(inner, source);
    const variables = root.get(`${key}/vars`);
    if (!(variables instanceof Group)) continue;
    const keys = variables.keys();
    if (keys.length === 0) continue;
    const names = VARIABLES[type];
    if (names === undefined || keys.length > names.length) {
      throw new InputError(
        `${source.file}: layer "${key}" with ${keys.length} weights is of no kind that is read`,
      );
    }
    const given = variables.attrs.name?.value;
    const weights = names.slice(0, keys.length).map((name, index) =>
      [name, tensorOf(variables, `${index}`, source)] as const
    );
    const named = typeof given === "string";
    yield { name: named ? given : key, named, weights: new Map(weights) };
  }
}

function namesOf(group: Group, attribute: string, { file }: Source): string[] {
  const names = group.attrs[attribute]?.value;
  if (names instanceof Float64Array && names.length === 0) return [];
  if (Array.isArray(names) && names.every((name) => typeof name === "string")) return names;
  throw new InputError(`${file}: the attribute ${attribute} of ${group.path} is not a list of names`);
}

function tensorOf(group: Group, path: string, { file, size }: Source): StoredTensor {
  const dataset = group.get(path);
  const place = `${group.path}/${path}`;
  if (!(dataset instanceof Dataset)) throw new InputError(`${file}: weight ${place} is missing`);
  const shape = dataset.shape ?? [];
  if (dataset.dtype !== "<f" || shape.length === 0) {
    throw new InputError(`${file}: weight ${place} is not an array of float32`);
  }
  if (elementCount(shape) * 4 > size) {
    throw new InputError(`${file}: weight ${place} of shape [${shape}] is larger than the file`);
  }
  return { dtype: "F32", shape, data: dataset.value as Float32Array };
}

/** The innermost reason in what the HDF5 library throws; undefined for errors of others. */
function reasonOf(error: unknown): string | undefined {
  if (error instanceof WebAssembly.RuntimeError) return error.message;
  if (!(error instanceof Error) || !error.message.startsWith("HDF5-DIAG")) return undefined;
  return [...error.message.matchAll(/ in \w+\(\): (.*)/g)].at(-1)?.[1] ?? "unknown error";
}
