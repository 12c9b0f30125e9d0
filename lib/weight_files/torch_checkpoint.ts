import { unzipSync } from "fflate";
import { InputError } from "../support/input_error.ts";
import { readRegular } from "../support/regular_file.ts";
import {
  bytesOf,
  type Dtype,
  ELEMENT_ARRAYS,
  elementCount,
  isDtype,
  type StoredTensor,
  zeros,
} from "./stored_tensor.ts";
import { type Pickled, unpickle } from "./unpickle.ts";

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
  shape: number[];
  strides: number[];
}

/** A checkpoint's object and, by key, the bytes of the storages that it names. */
interface Checkpoint {
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
const MAX_DEPTH = 16;

/**
 * Reads the tensors of a PyTorch checkpoint (`torch.save`: the legacy form, and the zip of PyTorch 1.6 and
 * later), running nothing that it names: a constructor that a state dict does not need is refused. Tensors of
 * nested dictionaries have their keys joined by dots, as in `state_dict.conv.weight`; other values are left out.
 * Elements are row-major, whatever their strides in the file.
 *
 * @throws {InputError} The file is missing, cut short, names another constructor, or its sizes do not fit together.
 */
export async function readTorchCheckpoint(file: string): Promise<Map<string, StoredTensor>> {
  const bytes = await readRegular(file);
  const { value, storages } = startsWith(bytes, "PK") ? readZip(file, bytes) : readLegacy(file, bytes);
  const views = [...viewsOf(file, value)];
  const needed = views.reduce(
    (sum, [, view]) => sum + byteCount(view.storage.dtype, elementCount(view.shape)),
    0,
  );
  if (needed > 2 * bytes.length) {
    throw new InputError(
      `${file}: its tensors need ${needed} bytes, more than twice the file's ${bytes.length}`,
    );
  }
  return new Map(views.map(([name, view]) => [name, gather(file, name, view, storages)]));
}

/** The zip form: `<any>/data.pkl` beside a file `<any>/data/<key>` for each storage, none of them compressed. */
function readZip(file: string, bytes: Uint8Array): Checkpoint {
  const files = new Map<string, Uint8Array>();
  let total = 0;
  try {
    const entries = unzipSync(bytes, {
      filter: ({ name, compression, size, originalSize }) => {
        if (compression !== 0 || size !== originalSize) {
          throw new InputError(`${file}: "${name}" is compressed, which PyTorch does not do`);
        }
        total += size;
        if (total > bytes.length) throw new InputError(`${file}: its parts are larger than the file`);
        return true;
      },
    });
    for (const [name, content] of Object.entries(entries)) {
      files.set(name.slice(name.indexOf("/") + 1), content);
    }
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(`${file}: cut short, or not a zip: ${(error as Error).message}`);
  }
  const pickle = files.get("data.pkl");
  if (pickle === undefined) {
    throw new InputError(`${file}: not a checkpoint of PyTorch: it holds no data.pkl`);
  }
  const order = files.get("byteorder");
  if (order !== undefined && !startsWith(order, "little")) {
    throw new InputError(`${file}: is not little-endian`);
  }
  const storages = new Map<string, Uint8Array>();
  for (const [name, content] of files) if (name.startsWith("data/")) storages.set(name.slice(5), content);
  return { value: unpickleTorch(file, pickle).value, storages };
}

/** The legacy form: five pickles (magic, protocol, system, object, keys), then each storage's count and elements. */
function readLegacy(file: string, bytes: Uint8Array): Checkpoint {
  const types = new Map<string, Dtype>();
  let position = 0;
  function next(): Pickled {
    const { value, end } = unpickleTorch(file, bytes, { start: position, types });
    position = end;
    return value;
  }
  if (next() !== LEGACY_MAGIC || next() !== LEGACY_PROTOCOL) {
    throw new InputError(`${file}: not a checkpoint of PyTorch`);
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
    if (dtype === undefined) throw new InputError(`${file}: storage "${key}" belongs to no tensor`);
    const begin = position + 8;
    const length = begin <= bytes.length ? Number(view.getBigInt64(position, true)) : Infinity;
    position = begin + byteCount(dtype, length);
    if (length < 0 || position > bytes.length) throw new InputError(`${file}: cut short in storage "${key}"`);
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
  const constructors = new Map<string, unknown>([
    ...STORAGES,
    ["collections.OrderedDict", (pairs: Pickled = []) => orderedDict(file, pairs)],
    ["torch._utils._rebuild_tensor_v2", (...args: Pickled[]) => viewOf(file, args)],
    ["torch._utils._rebuild_parameter", (data: Pickled) => data],
  ]);
  return unpickle(bytes, {
    file,
    start,
    find: (name) => constructors.get(name),
    load: (id) => {
      const storage = storageOf(file, id);
      types.set(storage.key, storage.dtype);
      return storage;
    },
  });
}

/** `OrderedDict()`, or of Python 2 `OrderedDict([[key, value], ...])`. */
function orderedDict(file: string, pairs: Pickled): Map<Pickled, Pickled> {
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
    throw new InputError(`${file}: storage "${key}" is a part of another, which is not read`);
  }
  return { kind: "storage", key, dtype, length };
}

/** A tensor from the arguments of `_rebuild_tensor_v2`, if all of its elements are within its storage. */
function viewOf(file: string, [storage, offset, shape, strides]: readonly Pickled[]): View {
  if (!isStorage(storage) || !isSize(offset) || !isSizes(shape) || !isSizes(strides)) {
    throw new InputError(`${file}: a tensor without storage, offset, shape and strides`);
  }
  const { key, length } = storage;
  const last = shape.reduce((sum, size, axis) => sum + (size - 1) * strides[axis]!, offset);
  const count = elementCount(shape);
  if (shape.length !== strides.length || count > 0 && (last >= length || count > length)) {
    const place = `offset ${offset}, shape [${shape}] and strides [${strides}]`;
    throw new InputError(`${file}: a tensor of ${place} does not fit into storage "${key}" of ${length}`);
  }
  return { kind: "view", storage, offset, shape, strides };
}

/** The tensors within dictionaries, with their keys joined by dots; a dictionary met again is passed over. */
function* viewsOf(
  file: string,
  value: Pickled,
  path: readonly Pickled[] = [],
  met = new Set<Pickled>(),
): Generator<[string, View]> {
  if (isView(value)) yield [path.join("."), value];
  if (!(value instanceof Map) || met.has(value)) return;
  if (path.length === MAX_DEPTH) throw new InputError(`${file}: nests dictionaries deeper than ${MAX_DEPTH}`);
  met.add(value);
  for (const [key, inner] of value) yield* viewsOf(file, inner, [...path, key], met);
}

/** Copies a view's elements out of its storage, in row-major order. */
function gather(file: string, name: string, view: View, storages: Checkpoint["storages"]): StoredTensor {
  const { storage: { key, dtype, length }, offset, shape, strides } = view;
  const bytes = storages.get(key);
  if (bytes === undefined) throw new InputError(`${file}: storage "${key}" of tensor "${name}" is missing`);
  if (bytes.length !== byteCount(dtype, length)) {
    throw new InputError(
      `${file}: storage "${key}" of tensor "${name}" has ${bytes.length} bytes, not those of ${length} elements`,
    );
  }
  const width = byteCount(dtype, 1);
  const tensor = zeros(dtype, shape);
  const into = bytesOf(tensor);
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

function isSize(value: Pickled): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isSizes(value: Pickled): value is number[] {
  return Array.isArray(value) && value.every(isSize);
}
