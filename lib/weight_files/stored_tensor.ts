/** The typed array that holds the elements of each element type; F16 and BF16 are kept as their 16 bits. */
export interface ElementArrays {
  /** Booleans, 0 or 1. */
  BOOL: Uint8Array;
  /** Unsigned integers of 8 bits. */
  U8: Uint8Array;
  /** Integers of 8 bits. */
  I8: Int8Array;
  /** Integers of 16 bits. */
  I16: Int16Array;
  /** Unsigned integers of 16 bits. */
  U16: Uint16Array;
  /** The bits of IEEE half-precision numbers. */
  F16: Uint16Array;
  /** The bits of bfloat16 numbers. */
  BF16: Uint16Array;
  /** Integers of 32 bits. */
  I32: Int32Array;
  /** Unsigned integers of 32 bits. */
  U32: Uint32Array;
  /** Single-precision numbers. */
  F32: Float32Array;
  /** Double-precision numbers. */
  F64: Float64Array;
  /** Integers of 64 bits. */
  I64: BigInt64Array;
  /** Unsigned integers of 64 bits. */
  U64: BigUint64Array;
}

/** An element type, by its name in safetensors files. */
export type Dtype = keyof ElementArrays;

/** A tensor as weight files hold it: row-major elements and their shape; the empty shape is a scalar. */
export type StoredTensor = {
  [D in Dtype]: {
    readonly dtype: D;
    readonly shape: readonly number[];
    readonly data: ElementArrays[D];
  };
}[Dtype];

/** The constructor of each element type's array, in the order in which safetensors files sort their types. */
export const ELEMENT_ARRAYS:
  & { readonly [D in Dtype]: new (length: number) => ElementArrays[D] }
  & {
    readonly [D in Dtype]: { readonly BYTES_PER_ELEMENT: number };
  } = {
    BOOL: Uint8Array,
    U8: Uint8Array,
    I8: Int8Array,
    I16: Int16Array,
    U16: Uint16Array,
    F16: Uint16Array,
    BF16: Uint16Array,
    I32: Int32Array,
    U32: Uint32Array,
    F32: Float32Array,
    F64: Float64Array,
    I64: BigInt64Array,
    U64: BigUint64Array,
  };

/** Whether a text names an element type that can be read. */
export function isDtype(text: unknown): text is Dtype {
  return typeof text === "string" && Object.hasOwn(ELEMENT_ARRAYS, text);
}

/** Makes a tensor of zeros; its elements are then written through its array. */
export function zeros(dtype: Dtype, shape: readonly number[]): StoredTensor {
  return { dtype, shape, data: new ELEMENT_ARRAYS[dtype](elementCount(shape)) } as StoredTensor;
}

/** The number of elements of a shape: the product of its sizes, 1 for a scalar. */
export function elementCount(shape: readonly number[]): number {
  return shape.includes(0) ? 0 : shape.reduce((product, size) => product * size, 1);
}

/** A tensor of float32. */
export type Float32Tensor = Extract<StoredTensor, { dtype: "F32" }>;

/**
 * A tensor with its elements as float32: half precision (F16, BF16) is widened exactly, double precision rounded. Null
 * for every other type.
 */
export function asFloat32(tensor: StoredTensor): Float32Tensor | null {
  const { dtype, shape, data } = tensor;
  switch (dtype) {
    case "F32":
      return tensor;
    case "F64":
      return { dtype: "F32", shape, data: Float32Array.from(data) };
    case "F16": {
      const halves = new Float16Array(data.buffer, data.byteOffset, data.length);
      return { dtype: "F32", shape, data: Float32Array.from(halves) };
    }
    case "BF16": {
      const values = new Float32Array(data.length);
      const bits = new Uint32Array(values.buffer);
      for (let i = 0; i < bits.length; i++) bits[i] = data[i]! << 16;
      return { dtype: "F32", shape, data: values };
    }
    default:
      return null;
  }
}

/** The bytes of a tensor's elements, as a view on them and not a copy. */
export function bytesOf({ data }: StoredTensor): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
