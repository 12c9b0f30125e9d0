import { runInThisContext } from "node:vm";
import h5wasm, { Dataset, Group } from "h5wasm";
import { InputError } from "../support/input_error.ts";
import { quote } from "../support/printable.ts";
import type { KerasLayer } from "./keras_layer.ts";
import { ELEMENT_ARRAYS, elementCount, type StoredTensor } from "./stored_tensor.ts";

/** What {@linkcode ./keras_weights.ts readKerasWeights} asks of its worker: a file's name, for messages, and its bytes. */
export interface Request {
  file: string;
  bytes: Uint8Array<ArrayBuffer>;
}

/** What the worker answers: the layers, or why it refuses the file. */
export type Answer = { layers: KerasLayer[] } | { refusal: string };

/** What the classes of layers that we read call their variables, in the order of Keras 3's `vars`. */
const VARIABLES: ReadonlyMap<string, readonly string[]> = new Map([
  ["conv2d", ["kernel", "bias"]],
  ["dense", ["kernel", "bias"]],
  ["batch_normalization", ["gamma", "beta", "moving_mean", "moving_variance"]],
]);

/** The types of floats that are read, by their names in the HDF5 library. */
const FLOATS: Readonly<Record<string, "F32" | "F64">> = { "<f": "F32", "<d": "F64" };

/** Seconds that a file may take, and so many more for each of its megabytes: a hundred times what whole files take. */
const SECONDS = 5;
const SECONDS_A_MEGABYTE = 0.1;
/** Bytes that the HDF5 library may use beside the file's own size. */
const LIBRARY_BYTES = 2 ** 26;
/** Layers inside of layers: the deepest networks have three or four. */
const MAX_DEPTH = 16;

// The library says what is wrong where nobody asked, too.
console.log = console.warn = console.error = () => {};

const scope = self as unknown as {
  onmessage: (event: MessageEvent<Request>) => void;
  postMessage(answer: Answer, transfer: Transferable[]): void;
};

scope.onmessage = async ({ data }) => {
  const answer = await answerTo(data);
  const layers = "layers" in answer ? answer.layers : [];
  const buffers = layers.flatMap(({ weights }) => [...weights.values()].map(({ data }) => data.buffer));
  scope.postMessage(answer, buffers as ArrayBuffer[]);
};

async function answerTo({ file, bytes }: Request): Promise<Answer> {
  const size = bytes.length;
  const library = await h5wasm.ready;
  limitMemory(size + LIBRARY_BYTES);
  library.activate_throwing_error_handler();
  // The bytes become the file, without a copy: an option that its types do not know.
  const options: Parameters<typeof library.FS.writeFile>[2] & { canOwn: boolean } = { canOwn: true };
  library.FS.writeFile("/weights.h5", bytes, options);
  try {
    const seconds = SECONDS + SECONDS_A_MEGABYTE * size / 1e6;
    const layers = within(
      seconds,
      () => layersOf(new h5wasm.File("/weights.h5", "r"), { file, size, read: 0 }),
    );
    if (layers.length === 0) return { refusal: `${file}: holds no weights` };
    return { layers };
  } catch (error) {
    if (error instanceof InputError) return { refusal: error.message };
    const reason = reasonOf(error);
    if (reason === undefined) throw error;
    return { refusal: `${file}: not a whole HDF5 file: ${reason}` };
  }
}

/** Does work that may never end by itself, as loops in WebAssembly do; after so many seconds it throws. */
function within<T>(seconds: number, work: () => T): T {
  const place = globalThis as { work?: () => T };
  place.work = work;
  return runInThisContext("work()", { timeout: Math.ceil(1000 * seconds) });
}

/** Keeps the memory of WebAssembly below so many bytes; the library takes a refusal as memory that there is not. */
function limitMemory(bytes: number): void {
  const { prototype } = WebAssembly.Memory;
  const { grow } = prototype;
  prototype.grow = function (pages: number): number {
    if (this.buffer.byteLength + pages * 65536 > bytes) {
      throw new RangeError("More memory than the file needs");
    }
    return grow.call(this, pages);
  };
}

/** Where weights are read: the file's name, its size in bytes, and how many of them were read, which is no more. */
interface Source {
  file: string;
  size: number;
  read: number;
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
    if (!(group instanceof Group)) throw new InputError(`${source.file}: layer ${quote(name)} is missing`);
    const inner = new Map<string, KerasLayer["weights"]>();
    for (const path of namesOf(group, "weight_names", source)) {
      const [, layer, weight] = path.match(/^(.+)\/([^/]+?)(?::0)?$/) ?? [];
      if (!layer || !weight) throw new InputError(`${source.file}: weight ${quote(path)} names no layer`);
      const weights = inner.get(layer) ?? new Map();
      inner.set(layer, weights.set(weight, tensorOf(group, path, source)));
    }
    for (const [layer, weights] of inner) {
      yield { name: inner.size === 1 ? name : layer, named: true, weights };
    }
  }
}

/** The layers of Keras 3's format: groups `class_number`, each with a group `vars` of numbered weights. */
function* numberedLayers(root: Group, source: Source, depth = 0): Generator<KerasLayer> {
  if (depth > MAX_DEPTH) throw new InputError(`${source.file}: nests layers deeper than ${MAX_DEPTH}`);
  const places = root.keys().map((key) => {
    const [, type = "", number = "0"] = key.match(/^(.*?)(?:_(\d+))?$/) ?? [];
    return { key, type, number: Number(number) };
  });
  places.sort((a, b) => a.type < b.type ? -1 : a.type > b.type ? 1 : a.number - b.number);
  for (const { key, type } of places) {
    const inner = root.get(`${key}/layers`);
    if (inner instanceof Group) yield* numberedLayers(inner, source, depth + 1);
    const variables = root.get(`${key}/vars`);
    if (!(variables instanceof Group)) continue;
    const keys = variables.keys();
    if (keys.length === 0) continue;
    const names = VARIABLES.get(type);
    if (names === undefined || keys.length > names.length) {
      throw new InputError(
        `${source.file}: layer ${quote(key)} with ${keys.length} weights is of no kind that is read`,
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

function tensorOf(group: Group, path: string, source: Source): StoredTensor {
  const { file, size } = source;
  const dataset = group.get(path);
  const place = `${group.path}/${path}`;
  if (!(dataset instanceof Dataset)) throw new InputError(`${file}: weight ${place} is missing`);
  const shape = dataset.shape ?? [];
  const dtype = FLOATS[`${dataset.dtype}`];
  if (dtype === undefined || shape.length === 0) {
    throw new InputError(`${file}: weight ${place} is not an array of float32 or float64`);
  }
  source.read += elementCount(shape) * ELEMENT_ARRAYS[dtype].BYTES_PER_ELEMENT;
  if (source.read > size) {
    throw new InputError(
      `${file}: the weights up to ${place} of shape [${shape}] would need ${source.read} bytes, and the file has ${size}`,
    );
  }
  return { dtype, shape, data: dataset.value } as StoredTensor;
}

/** The innermost reason in what the HDF5 library throws; undefined for errors of others. */
function reasonOf(error: unknown): string | undefined {
  if ((error as { code?: unknown } | null)?.code === "ERR_SCRIPT_EXECUTION_TIMEOUT") {
    return "its parts lead around in circles, or are far more than they should be";
  }
  if (error instanceof WebAssembly.RuntimeError) return error.message;
  if (!(error instanceof Error) || !error.message.startsWith("HDF5-DIAG")) return undefined;
  return [...error.message.matchAll(/ in \w+\(\): (.*)/g)].at(-1)?.[1] ?? "unknown error";
}
