import { type UnzipFileFilter, type Unzipped, unzipSync } from "fflate";
import { InputError } from "../support/input_error.ts";
import { quote } from "../support/printable.ts";
import { readRegular } from "../support/regular_file.ts";
import { describeContent } from "../support/describe_content.ts";
import {
  bytesOf,
  type Dtype,
  ELEMENT_ARRAYS,
  elementCount,
  isDtype,
  type StoredTensor,
  zeros,
} from "./stored_tensor.ts";
import {
  Constructor,
  ENTRY_BYTES,
  MAP_BYTES,
  type Pickled,
  PickledClass,
  PickledObject,
  unpickle,
} from "./unpickle.ts";

/** A tensor of a checkpoint, whose elements are still in the file's bytes. */
export interface CheckpointTensor {
  /** The type of its elements. */
  dtype: Dtype;
  /** Its shape. */
  shape: readonly number[];
  /**
   * Copies the elements out, row-major whatever their strides in the file.
   *
   * @throws {InputError} The file lacks the bytes.
   */
  read(): StoredTensor;
}

/** What a checkpoint of PyTorch holds, by the keys and the names of modules that lead there, joined by dots. */
export interface TorchCheckpoint {
  /** The tensors of dictionaries and modules, such as `state_dict.conv.weight`. */
  tensors: ReadonlyMap<string, CheckpointTensor>;
  /** The classes of whole modules, such as `torchvision.models.densenet.DenseNet`; the empty name is the outermost. */
  classes: ReadonlyMap<string, string>;
  /** Lists of texts, such as `classes`: what the outputs may be called. */
  texts: ReadonlyMap<string, readonly string[]>;
}

/** Elements that a pickle names and that are kept outside of it. */
interface Storage {
  kind: "storage";
  key: string;
  dtype: Dtype;
  length: number;
}

/** A tensor as a pickle describes it: its storage's elements, seen through an offset, sizes and strides. */
interface View {
  kind: "view";
  storage: Storage;
  offset: number;
  shape: readonly number[];
  strides: readonly number[];
}

/** A checkpoint's object and, by key, the bytes of the storages that it names. */
interface Contents {
  value: Pickled;
  storages: ReadonlyMap<string, Uint8Array>;
}

const STORAGES: ReadonlyMap<string, Dtype> = new Map<string, Dtype>([
  ["torch.BoolStorage", "BOOL"],
  ["torch.ByteStorage", "U8"],
  ["torch.CharStorage", "I8"],
  ["torch.ShortStorage", "I16"],
  ["torch.IntStorage", "I32"],
  ["torch.LongStorage", "I64"],
  ["torch.HalfStorage", "F16"],
  ["torch.BFloat16Storage", "BF16"],
  ["torch.FloatStorage", "F32"],
  ["torch.DoubleStorage", "F64"],
]);
const LEGACY_MAGIC = 0x1950a86a20f9469cfc6cn;
const LEGACY_PROTOCOL = 1001;
/** What an entry of a zip's directory takes at least, in bytes (APPNOTE 4.3.12). */
const ENTRY_BYTES_IN_ZIP = 46;
/** Dictionaries and modules inside one another; the deepest networks have some twenty. */
const MAX_DEPTH = 64;
/** PyTorch's own limit of a tensor's axes. */
const MAX_AXES = 64;
const LONGEST_NAME = 256;

/**
 * Reads a PyTorch checkpoint (`torch.save`: the legacy form, and the zip of PyTorch 1.6 and later): tensors in
 * dictionaries, lists and whole pickled modules. Nothing of Python is run; of an object of any class only its recorded
 * state is looked at.
 *
 * @throws {InputError} The file is missing, cut short, no checkpoint of PyTorch, or its sizes do not fit together.
 */
export async function readTorchCheckpoint(file: string): Promise<TorchCheckpoint> {
  const bytes = await readRegular(file);
  const { value, storages } = startsWith(bytes, "PK") ? readZip(file, bytes) : readLegacy(file, bytes);
  const tensors = new Map<string, CheckpointTensor>();
  const classes = new Map<string, string>();
  const texts = new Map<string, readonly string[]>();
  for (const [name, found] of namedValues(file, value)) {
    if (isView(found)) {
      const { shape, storage: { dtype } } = found;
      tensors.set(name, { dtype, shape, read: () => gather(file, name, found, storages) });
    } else if (found instanceof PickledObject) classes.set(name, found.className);
    else if (isTexts(found)) texts.set(name, found);
  }
  return { tensors, classes, texts };
}

/** The zip form: `<any>/data.pkl` beside a file `<any>/data/<key>` for each storage, none of them compressed. */
function readZip(file: string, bytes: Uint8Array): Contents {
  const names: string[] = [];
  unzip(file, bytes, ({ name }) => {
    names.push(name);
    return false;
  });
  if (!names.some((name) => inArchive(name) === "data.pkl")) {
    if (names.length === 0) throw new InputError(`${file}: not a checkpoint of PyTorch, but an empty zip`);
    const some = names.slice(0, 3).map(quote).join(", ") + (names.length > 3 ? ", ..." : "");
    throw new InputError(`${file}: not a checkpoint of PyTorch, but a zip of something else (${some})`);
  }
  let total = 0;
  const entries = unzip(file, bytes, ({ name, compression, size, originalSize }) => {
    if (!/^(data\.pkl|byteorder|data\/.*)$/.test(inArchive(name))) return false; // TorchScript has its program beside.
    if (compression !== 0 || size !== originalSize) {
      throw new InputError(`${file}: ${quote(name)} is compressed, which PyTorch does not do`);
    }
    total += size;
    if (total > bytes.length) throw new InputError(`${file}: its parts are larger than the file`);
    return true;
  });
  const files = new Map(Object.entries(entries).map(([name, content]) => [inArchive(name), content]));
  const pickle = files.get("data.pkl");
  if (pickle === undefined) throw new InputError(`${file}: damaged: its data.pkl is missing`);
  const order = files.get("byteorder");
  if (order !== undefined && !startsWith(order, "little")) {
    throw new InputError(`${file}: is not little-endian`);
  }
  const storages = new Map<string, Uint8Array>();
  for (const [name, content] of files) if (name.startsWith("data/")) storages.set(name.slice(5), content);
  return { value: unpickleTorch(file, pickle).value, storages };
}

/** A name without the archive's own, which is the folder that all of it is in. */
function inArchive(name: string): string {
  return name.slice(name.indexOf("/") + 1);
}

function unzip(file: string, bytes: Uint8Array, filter: UnzipFileFilter): Unzipped {
  // The number of entries is read from the file: it may say four thousand million.
  let left = bytes.length / ENTRY_BYTES_IN_ZIP;
  const bounded: UnzipFileFilter = (entry) => {
    if (left-- < 0) throw new InputError(`${file}: damaged: it says that it has more parts than fit into it`);
    return filter(entry);
  };
  try {
    return unzipSync(bytes, { filter: bounded });
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(`${file}: cut short, or not a zip: ${(error as Error).message}`);
  }
}

/** The legacy form: five pickles (magic, protocol, system, object, keys), then each storage's count and elements. */
function readLegacy(file: string, bytes: Uint8Array): Contents {
  if (bytes[0] !== 0x80) {
    throw new InputError(`${file}: not a checkpoint of PyTorch, but ${describeContent(bytes)}`);
  }
  const types = new Map<string, Dtype>();
  let position = 0;
  function next(): Pickled {
    const { value, end } = unpickleTorch(file, bytes, { start: position, types });
    position = end;
    return value;
  }
  if (next() !== LEGACY_MAGIC || next() !== LEGACY_PROTOCOL) {
    throw new InputError(`${file}: not a checkpoint of PyTorch, but a pickle of something else`);
  }
  const system = next();
  if (!(system instanceof Map) || system.get("little_endian") !== true) {
    throw new InputError(`${file}: is not little-endian`);
  }
  const value = next();
  const keys = next();
  const storages = new Map<string, Uint8Array>();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (const key of Array.isArray(keys) ? keys : []) {
    const dtype = types.get(key);
    if (dtype === undefined) {
      throw new InputError(`${file}: storage ${quote(String(key))} belongs to no tensor`);
    }
    const begin = position + 8;
    const length = begin <= bytes.length ? Number(view.getBigInt64(position, true)) : Infinity;
    position = begin + byteCount(dtype, length);
    if (length < 0 || position > bytes.length) {
      throw new InputError(`${file}: cut short in storage ${quote(String(key))}`);
    }
    storages.set(key, bytes.subarray(begin, position));
  }
  return { value, storages };
}

/** Unpickles with the few names that a state dict needs; notes the element type of every storage in `types`. */
function unpickleTorch(
  file: string,
  bytes: Uint8Array,
  { start = 0, types = new Map<string, Dtype>() }: { start?: number; types?: Map<string, Dtype> } = {},
): { value: Pickled; end: number } {
  const known = new Map<string, unknown>([
    ...STORAGES,
    ["collections.OrderedDict", new Constructor(([pairs = []], spend) => orderedDict(file, pairs, spend))],
    ["torch._utils._rebuild_tensor_v2", new Constructor((args) => viewOf(file, args))],
    ["torch._utils._rebuild_parameter", new Constructor(([data]) => data)],
    ["torch._utils._rebuild_parameter_with_state", new Constructor(([data]) => data)],
    ["torch._tensor._rebuild_from_type_v2", new Constructor(fromType)],
  ]);
  return unpickle(bytes, {
    file,
    start,
    find: (name) => known.get(name),
    load: (id) => {
      if (Array.isArray(id) && id[0] === "module" && id[1] instanceof PickledClass) return id[1];
      const storage = storageOf(file, id);
      types.set(storage.key, storage.dtype);
      return storage;
    },
  });
}

/** A tensor of a subclass, from the arguments (function, class, its arguments, state). */
function fromType([rebuild, , args]: readonly Pickled[], spend: (work: number) => void): Pickled {
  return rebuild instanceof Constructor && Array.isArray(args) ? rebuild.make(args, spend) : null;
}

/** `OrderedDict()`, or of Python 2 `OrderedDict([[key, value], ...])`. */
function orderedDict(file: string, pairs: Pickled, spend: (work: number) => void): Map<Pickled, Pickled> {
  spend(MAP_BYTES + (Array.isArray(pairs) ? pairs.length * ENTRY_BYTES : 0));
  if (!Array.isArray(pairs) || !pairs.every((pair) => Array.isArray(pair))) {
    throw new InputError(`${file}: an OrderedDict of something else than pairs`);
  }
  return new Map(pairs as [Pickled, Pickled][]);
}

/** A storage from its id: ("storage", class, key, device, length), and in the legacy form whose part it is. */
function storageOf(file: string, id: Pickled): Storage {
  const [kind, dtype, key, , length, part = null] = Array.isArray(id) ? id : [];
  if (kind !== "storage" || !isDtype(dtype) || typeof key !== "string" || !isSize(length)) {
    throw new InputError(`${file}: refers to something else than a storage`);
  }
  if (part !== null) {
    throw new InputError(`${file}: storage ${quote(key)} is a part of another, which is not read`);
  }
  return { kind: "storage", key, dtype, length };
}

/** A tensor from the arguments of `_rebuild_tensor_v2`, if all of its elements are within its storage. */
function viewOf(file: string, [storage, offset, shape, strides]: readonly Pickled[]): View {
  if (!isStorage(storage) || !isSize(offset) || !isSizes(shape) || !isSizes(strides)) {
    throw new InputError(`${file}: a tensor without storage, offset, shape and strides`);
  }
  if (shape.length !== strides.length) {
    throw new InputError(`${file}: a tensor of ${shape.length} sizes and ${strides.length} strides`);
  }
  const { key, length } = storage;
  const last = shape.reduce((sum, size, axis) => sum + (size - 1) * strides[axis]!, offset);
  const count = elementCount(shape);
  if (count > 0 && (last >= length || count > length)) {
    const place = `offset ${offset}, shape [${shape}] and strides [${strides}]`;
    throw new InputError(
      `${file}: a tensor of ${place} does not fit into storage ${quote(key)} of ${length}`,
    );
  }
  return { kind: "view", storage, offset, shape, strides };
}

/**
 * What is within a value, by names: tensors, objects and lists of texts. A dictionary, list or object that is met again is
 * passed over, and so is what has no text or number for a key.
 */
function* namedValues(
  file: string,
  value: Pickled,
  { path = [], depth = 0, met = new Set() }: {
    path?: readonly string[];
    depth?: number;
    met?: Set<Pickled>;
  } = {},
): Generator<[string, Pickled]> {
  if (!isContainer(value) || met.has(value)) return;
  if (depth > MAX_DEPTH) throw new InputError(`${file}: nests deeper than ${MAX_DEPTH}`);
  const name = path.join(".");
  if (name.length > LONGEST_NAME) throw new InputError(`${file}: a name of ${name.length} characters`);
  if (isView(value)) return yield [name, value];
  met.add(value);
  if (value instanceof PickledObject || isTexts(value)) yield [name, value];
  for (const [key, inner] of partsOf(value)) {
    yield* namedValues(file, inner, { path: key === null ? path : [...path, key], depth: depth + 1, met });
  }
}

/** What an object's parts are in, where it is a module: the parts have names, and what they are in has none. */
const MODULE_PARTS: readonly Pickled[] = ["_parameters", "_buffers", "_modules"];

/** What is in a dictionary, a list or an object, by its key; null for what has no name of its own. */
function* partsOf(value: Pickled): Generator<[key: string | null, value: Pickled]> {
  if (value instanceof PickledObject) {
    yield [null, value.entries];
    // The state of a class with slots is a tuple of two dictionaries.
    yield* Array.isArray(value.state)
      ? value.state.map((part): [null, Pickled] => [null, part])
      : [[null, value.state]];
  } else if (value instanceof Map) {
    for (const [key, inner] of value) {
      if (MODULE_PARTS.includes(key)) yield [null, inner];
      else if (typeof key === "string" || typeof key === "number") yield [`${key}`, inner];
    }
  } else if (Array.isArray(value)) {
    for (const [index, inner] of value.entries()) if (isContainer(inner)) yield [`${index}`, inner];
  }
}

/** Copies a view's elements out of its storage, in row-major order. */
function gather(file: string, name: string, view: View, storages: Contents["storages"]): StoredTensor {
  const { storage: { key, dtype, length }, offset, shape, strides } = view;
  const bytes = storages.get(key);
  if (bytes === undefined) {
    throw new InputError(`${file}: storage ${quote(key)} of tensor ${quote(name)} is missing`);
  }
  if (bytes.length !== byteCount(dtype, length)) {
    throw new InputError(
      `${file}: storage ${quote(key)} of tensor ${
        quote(name)
      } has ${bytes.length} bytes, not those of ${length} elements`,
    );
  }
  const width = byteCount(dtype, 1);
  const tensor = zeros(dtype, shape);
  const into = bytesOf(tensor);
  if (isRowMajor(shape, strides)) {
    into.set(bytes.subarray(offset * width, offset * width + into.length));
    return tensor;
  }
  const index = shape.map(() => 0);
  let from = offset;
  for (let to = 0; to < into.length; to += width) {
    for (let i = 0; i < width; i++) into[to + i] = bytes[from * width + i]!;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += strides[axis]!;
      if (++index[axis]! < shape[axis]!) break;
      from -= strides[axis]! * shape[axis]!;
      index[axis] = 0;
    }
  }
  return tensor;
}

function isRowMajor(shape: readonly number[], strides: readonly number[]): boolean {
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] !== 1 && strides[axis] !== step) return false;
    step *= shape[axis]!;
  }
  return true;
}

function byteCount(dtype: Dtype, count: number): number {
  return count * ELEMENT_ARRAYS[dtype].BYTES_PER_ELEMENT;
}

function startsWith(bytes: Uint8Array, text: string): boolean {
  return new TextDecoder("latin1").decode(bytes.subarray(0, text.length)) === text;
}

function isStorage(value: Pickled): value is Storage {
  return (value as Storage | null)?.kind === "storage";
}

function isView(value: Pickled): value is View {
  return (value as View | null)?.kind === "view";
}

function isTexts(value: Pickled): value is readonly string[] {
  return Array.isArray(value) && value.length > 0 && value.every((text) => typeof text === "string");
}

/** Whether a value can have a tensor in it, or texts. */
function isContainer(value: Pickled): boolean {
  return typeof value === "object" && value !== null && !(value instanceof Uint8Array);
}

function isSize(value: Pickled): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isSizes(value: Pickled): value is number[] {
  return Array.isArray(value) && value.length <= MAX_AXES && value.every(isSize);
}
