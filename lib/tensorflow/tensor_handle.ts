import { eagerContext } from "./context.ts";
import { DataType, elementBytes } from "./data_type.ts";
import { tensorflow } from "./library.ts";
import { addressOf, pointerTo, readMemory, writeMemory } from "./memory.ts";
import { check, cString, status } from "./status.ts";

/** The values of a tensor in JavaScript: numbers row by row, or one byte string an element. */
export type TensorValues = Float32Array | Int32Array | Uint8Array | BigInt64Array | Uint8Array[];

/** The size of TensorFlow's `TF_TString` structure in bytes. */
const STRING_BYTES = 24;

/**
 * Copies values into a new TensorFlow tensor.
 *
 * @param type A {@linkcode DataType}. INT64 values come as a BigInt64Array, or as an Int32Array of low and high
 * halves; complex64 as a Float32Array of real and imaginary parts in turn.
 * @returns A `TF_Tensor`, to be freed with {@linkcode deleteTensor}.
 * @throws {Error} Where the number of values does not fit the shape.
 */
export function newTensor(shape: readonly number[], type: number, values: TensorValues): Deno.PointerObject {
  const api = tensorflow();
  const count = shape.reduce((product, size) => product * size, 1);
  const elementSize = type === DataType.STRING ? STRING_BYTES : elementBytes(type);
  if (elementSize === undefined) throw new Error(`A tensor of data type ${type} cannot be made from values`);
  const size = count * elementSize;
  const bytes = Array.isArray(values) ? undefined : bytesOf(values, type);
  if (bytes ? bytes.byteLength !== size : values.length !== count) {
    throw new Error(`A tensor of shape [${shape}] needs ${count} values, and ${values.length} were given`);
  }
  const dims = BigInt64Array.from(shape, BigInt);
  const tensor = api.TF_AllocateTensor(type, dims, shape.length, BigInt(size));
  if (tensor === null) throw new Error(`No memory for a tensor of shape [${shape}]`);
  if (size === 0) return tensor;
  const data = api.TF_TensorData(tensor)!;
  if (bytes) {
    writeMemory(data, bytes);
  } else {
    stringPlaces(tensor).forEach((place, i) => {
      const value = (values as (Uint8Array<ArrayBuffer> | string)[])[i]!;
      const text = typeof value === "string" ? new TextEncoder().encode(value) : value;
      api.TF_StringInit(place);
      api.TF_StringCopy(place, text, BigInt(text.byteLength));
    });
  }
  return tensor;
}

/** Frees a tensor that {@linkcode newTensor} made, and that shares its values with no other. */
export function deleteTensor(tensor: Deno.PointerObject): void {
  const api = tensorflow();
  // TensorFlow frees the strings of the tensors that it makes itself, but of these only the places that hold them.
  if (api.TF_TensorType(tensor) === DataType.STRING) {
    for (const place of stringPlaces(tensor)) api.TF_StringDealloc(place);
  }
  api.TF_DeleteTensor(tensor);
}

/** Copies values into a new tensor handle of the eager runtime, to be freed with {@linkcode deleteHandle}. */
export function newHandle(shape: readonly number[], type: number, values: TensorValues): Deno.PointerObject {
  const api = tensorflow();
  const tensor = newTensor(shape, type, values);
  const handle = api.TFE_NewTensorHandle(tensor, status());
  if (type !== DataType.STRING) {
    api.TF_DeleteTensor(tensor);
    check("New tensor");
    return handle!;
  }
  check("New tensor");
  // A copy that TensorFlow makes, so that it frees the strings with it.
  const operation = api.TFE_NewOp(eagerContext(), cString("DeepCopy"), status());
  api.TFE_OpAddInput(operation, handle, status());
  const copies = new BigUint64Array(1);
  api.TFE_Execute(operation, copies, Int32Array.of(1), status());
  api.TFE_DeleteOp(operation);
  api.TFE_DeleteTensorHandle(handle);
  deleteTensor(tensor);
  check("New tensor");
  return pointerTo(copies[0]!)!;
}

/** A second handle on the same tensor, to be freed on its own. */
export function shareHandle(handle: Deno.PointerObject): Deno.PointerObject {
  const shared = tensorflow().TFE_TensorHandleCopySharingTensor(handle, status());
  check("Sharing a tensor");
  return shared!;
}

/** Frees a tensor handle. */
export function deleteHandle(handle: Deno.PointerObject): void {
  tensorflow().TFE_DeleteTensorHandle(handle);
}

/** The shape and {@linkcode DataType} of the tensor behind a handle. */
export function describeHandle(handle: Deno.PointerObject): { shape: number[]; dtype: number } {
  const api = tensorflow();
  const rank = api.TFE_TensorHandleNumDims(handle, status());
  check("Tensor shape");
  const shape = new Array<number>(rank);
  for (let i = 0; i < rank; i++) shape[i] = Number(api.TFE_TensorHandleDim(handle, i, status()));
  return { shape, dtype: api.TFE_TensorHandleDataType(handle) };
}

/**
 * Copies the values behind a handle to JavaScript, waiting for them where they are still being computed.
 *
 * @returns Typed by the tensor's data type: float32, and float64, float16 and bfloat16 rounded or widened to it,
 * as Float32Array; complex64 as Float32Array of real and imaginary parts in turn; int32 as Int32Array; int64 as
 * BigInt64Array; bool and uint8 as Uint8Array; strings as one Uint8Array an element.
 */
export function readHandle(handle: Deno.PointerObject): TensorValues {
  const api = tensorflow();
  const tensor = api.TFE_TensorHandleResolve(handle, status());
  check("Reading a tensor");
  try {
    return readTensor(tensor!);
  } finally {
    api.TF_DeleteTensor(tensor);
  }
}

/** Copies the values of a `TF_Tensor` to JavaScript; typed as {@linkcode readHandle} says. */
export function readTensor(tensor: Deno.PointerObject): TensorValues {
  const api = tensorflow();
  const type = api.TF_TensorType(tensor);
  const size = Number(api.TF_TensorByteSize(tensor));
  if (type === DataType.STRING) return readStrings(tensor);
  const data = api.TF_TensorData(tensor);
  const buffer = data === null ? new ArrayBuffer(0) : readMemory(data, size);
  switch (type) {
    case DataType.FLOAT:
    case DataType.COMPLEX64:
      return new Float32Array(buffer);
    case DataType.INT32:
      return new Int32Array(buffer);
    case DataType.INT64:
      return new BigInt64Array(buffer);
    case DataType.BOOL:
    case DataType.UINT8:
      return new Uint8Array(buffer);
    case DataType.DOUBLE:
      return Float32Array.from(new Float64Array(buffer));
    case DataType.HALF:
      return Float32Array.from(new Float16Array(buffer));
    case DataType.BFLOAT16:
      return new Float32Array(Uint32Array.from(new Uint16Array(buffer), (bits) => bits << 16).buffer);
    case DataType.INT8:
      return Int32Array.from(new Int8Array(buffer));
    case DataType.INT16:
      return Int32Array.from(new Int16Array(buffer));
    default:
      throw new Error(`A tensor of TensorFlow's data type ${type} has no values in JavaScript`);
  }
}

function readStrings(tensor: Deno.PointerObject): Uint8Array[] {
  const api = tensorflow();
  return stringPlaces(tensor).map((place) => {
    const size = Number(api.TF_StringGetSize(place));
    return new Uint8Array(readMemory(api.TF_StringGetDataPointer(place)!, size));
  });
}

/** Where the `TF_TString` of each element lies. */
function stringPlaces(tensor: Deno.PointerObject): Deno.PointerObject[] {
  const api = tensorflow();
  const count = Number(api.TF_TensorElementCount(tensor));
  if (count === 0) return [];
  const start = addressOf(api.TF_TensorData(tensor));
  return Array.from({ length: count }, (_, i) => pointerTo(start + BigInt(i * STRING_BYTES))!);
}

function bytesOf(values: Exclude<TensorValues, Uint8Array[]>, type: number): Uint8Array<ArrayBuffer> {
  const typed = type === DataType.FLOAT && !(values instanceof Float32Array)
    ? Float32Array.from(values as Int32Array)
    : type === DataType.INT32 && !(values instanceof Int32Array)
    ? Int32Array.from(values as Uint8Array)
    : (type === DataType.BOOL || type === DataType.UINT8) && !(values instanceof Uint8Array)
    ? Uint8Array.from(values as Int32Array)
    : values;
  return new Uint8Array(typed.buffer as ArrayBuffer, typed.byteOffset, typed.byteLength);
}
